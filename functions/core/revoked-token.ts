import * as v from "valibot";
import type { Biscuits } from "#core/auth/biscuit.ts";
import type { Context } from "#core/context.ts";
import { Problem } from "#core/problem.ts";
import { Uuid } from "#core/schema.ts";

export const RevokedTokenPost = v.object({ organization_id: Uuid, token: v.string() });
export type RevokedTokenPost = v.InferOutput<typeof RevokedTokenPost>;

/** Hex of the revocation id of the token's last block. */
export const RevokedToken = v.object({ revocation_id: v.string() });
export type RevokedToken = v.InferOutput<typeof RevokedToken>;

/**
 * Revokes one attenuated token, with what was attenuated from it, and leaves its parent and siblings good: from the
 * next request on. Asking twice is not an error. Throws Validation unless it is an attenuated token of the organization.
 */
export async function create(
  ctx: Context,
  biscuits: Biscuits,
  input: RevokedTokenPost,
): Promise<RevokedToken> {
  const identity = biscuits.identify(input.token);
  const isOwn = identity?.type === "service_access" && identity.organizationId === input.organization_id;
  const revocationId = identity?.revocationIds.at(-1);
  if (!isOwn || !revocationId || identity.revocationIds.length < 2) {
    const message = "must be an attenuated token of this organization";
    throw new Problem("Validation", `token: ${message}`, {
      token: [{ code: "attenuated_token", message, params: {} }],
    });
  }
  await ctx.db
    .insertInto("revoked_block")
    .values({
      revocation_id: Buffer.from(revocationId, "hex"),
      organization_id: input.organization_id,
      created_at: ctx.now(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return { revocation_id: revocationId };
}
