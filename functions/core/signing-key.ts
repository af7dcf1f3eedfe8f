import { createHash } from "node:crypto";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { generateKeyPair, publicKeyOf } from "#core/ed25519.ts";
import { Problem } from "#core/problem.ts";

/** A JSON Web Key Set (RFC 7517, RFC 8037), each key also in the text form of Standard Webhooks. */
export const PublicKeys = v.object({
  keys: v.array(
    v.object({
      kty: v.literal("OKP"),
      crv: v.literal("Ed25519"),
      alg: v.literal("EdDSA"),
      use: v.literal("sig"),
      kid: v.string(),
      x: v.string(),
      whpk: v.string(),
    }),
  ),
});
export type PublicKeys = v.InferOutput<typeof PublicKeys>;

/** Makes the application's key pair unless it has one. Safe to call at once from many places. */
export async function ensure(ctx: Context, applicationId: string): Promise<void> {
  await ctx.db
    .insertInto("application_signing_key")
    .values({ application_id: applicationId, key_pair: generateKeyPair(), created_at: ctx.now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * What verifies the Ed25519 signatures of an application. Throws NotFound for one that never asked for any, exactly as
 * for one that does not exist: anyone may ask.
 */
export async function publicKeys(ctx: Context, applicationId: string): Promise<PublicKeys> {
  const row = await ctx.db
    .selectFrom("application_signing_key as k")
    .innerJoin("application as a", "a.application_id", "k.application_id")
    .where("k.application_id", "=", applicationId)
    .where("a.deleted_at", "is", null)
    .select("k.key_pair")
    .executeTakeFirst();
  if (!row) throw new Problem("NotFound");
  const key = publicKeyOf(row.key_pair);
  const x = key.toString("base64url");
  const whpk = `whpk_${key.toString("base64")}`;
  return {
    keys: [{ kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig", kid: thumbprint(x), x, whpk }],
  };
}

/** RFC 7638: the required members, in the order of their names. */
function thumbprint(x: string): string {
  const members = JSON.stringify({ crv: "Ed25519", kty: "OKP", x });
  return createHash("sha256").update(members).digest("base64url");
}
