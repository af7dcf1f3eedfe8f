import { sql } from "kysely";
import type { SignatureForm } from "#core/signature-form.ts";

/** What a request is signed with, beside its subscription's Hook0 secret. */
export interface Signing {
  readonly signatures: readonly SignatureForm[];
  /** `whsec_` text. */
  readonly standard_secret: string;
  /** `whsk_` text, when the subscription wants Ed25519 signatures. */
  readonly key_pair: string | null;
  /** The secrets rotated out, which sign too before the instant `until`. */
  readonly previous: {
    readonly secret: string;
    readonly standard_secret: string;
    readonly until: string;
  } | null;
}

/**
 * The `Signing` of a subscription `s`, for the claim. Null where Hook0's form with one secret is all there is, so that
 * what nearly every subscription wants costs nothing.
 */
export const signingOfSubscription = sql<Signing | null>`
  case when s.signatures <> '{hook0}' or s.previous_secrets_until is not null then jsonb_build_object(
    'signatures', s.signatures,
    'standard_secret', s.standard_secret,
    'key_pair', case when 'standard_ed25519' = any (s.signatures) then (
      select k.key_pair from application_signing_key k where k.application_id = s.application_id) end,
    'previous', case when s.previous_secrets_until is not null then jsonb_build_object(
      'secret', s.previous_secret,
      'standard_secret', s.previous_standard_secret,
      'until', s.previous_secrets_until) end
  ) end`;
