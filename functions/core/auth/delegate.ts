import type * as BiscuitApi from "@biscuit-auth/biscuit-wasm";
import { checksOf, type TokenLimits } from "#core/auth/token-limits.ts";

/**
 * A copy of the token that can do less, made where the token is, with no call to Columba. Runs in Node and in browsers:
 * `biscuit` is the module `@biscuit-auth/biscuit-wasm`. `publicKey` is hex, as `GET /instance` tells it. Each copy can be
 * limited again, and revoked alone. Throws when the token is not of this key, or a limit says nothing.
 */
export function delegate(
  biscuit: typeof BiscuitApi,
  token: string,
  publicKey: string,
  limits: TokenLimits,
): string {
  const root = biscuit.PublicKey.fromString(publicKey, biscuit.SignatureAlgorithm.Ed25519);
  const parent = biscuit.Biscuit.fromBase64(token, root);
  const block = new biscuit.BlockBuilder();
  for (const check of checksOf(limits)) block.addCode(check);
  return parent.appendBlock(block).toBase64();
}

/** What an end customer may do with the subscriptions that carry its labels. */
const PORTAL_ACTIONS = [
  "subscription:list",
  "subscription:create",
  "subscription:get",
  "subscription:edit",
  "subscription:delete",
  "subscription:health",
  "subscription:rotate_secret",
  "request_attempt:list",
  "request_attempt:get",
  "request_attempt:retry",
  "response:get",
  "event:explain",
  "dead_letter:list",
  "dead_letter:retry",
];
/** To choose what to subscribe to. */
const PORTAL_READS = ["event_type:list", "event_type:get"];

/** Limits of a token for an end customer, who sees and manages the subscriptions and attempts of its labels alone. */
export function portalLimits(customer: {
  readonly applicationId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}): TokenLimits {
  return {
    actions: [...PORTAL_ACTIONS, ...PORTAL_READS],
    applicationIds: [customer.applicationId],
    labels: customer.labels,
    actionsWithoutLabels: PORTAL_READS,
    expiresAt: customer.expiresAt,
  };
}
