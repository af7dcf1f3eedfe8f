import type { SignatureForm } from "#core/signature-form.ts";

/**
 * What a request is signed with, beside its subscription's Hook0 secret. The claim loads it (`claim_attempts`) where
 * Hook0's form with one secret is not all there is, so that what nearly every subscription wants costs nothing.
 */
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
