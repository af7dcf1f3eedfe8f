import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { Biscuits } from "#core/auth/biscuit.ts";
import type { Context } from "#core/context.ts";
import { Problem } from "#core/problem.ts";
import { text, Uuid } from "#core/schema.ts";

export const ServiceTokenPost = v.object({ organization_id: Uuid, name: text(1, 50) });
export type ServiceTokenPost = v.InferOutput<typeof ServiceTokenPost>;

export const ServiceToken = v.object({
  token_id: v.string(),
  name: v.string(),
  biscuit: v.string(),
  created_at: v.date(),
});
export type ServiceToken = v.InferOutput<typeof ServiceToken>;

const columns = ["token_id", "name", "biscuit", "created_at"] as const;

/** Unrevoked service tokens of an organization, oldest first. */
export function list(ctx: Context, organizationId: string): Promise<ServiceToken[]> {
  return live(ctx, organizationId).orderBy("created_at").select(columns).execute();
}

/** Mints a service token that may do everything in its organization until revoked; holders attenuate it themselves. */
export function create(ctx: Context, biscuits: Biscuits, input: ServiceTokenPost): Promise<ServiceToken> {
  const token_id = randomUUID();
  const created_at = ctx.now();
  const minted = biscuits.mintServiceToken({
    tokenId: token_id,
    organizationId: input.organization_id,
    createdAt: created_at,
  });
  return ctx.db
    .insertInto("token")
    .values({
      ...input,
      token_id,
      created_at,
      kind: "service_access",
      biscuit: minted.biscuit,
      revocation_id: Buffer.from(minted.revocationId, "hex"),
    })
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** Throws NotFound. */
export async function get(ctx: Context, organizationId: string, tokenId: string): Promise<ServiceToken> {
  const token = await live(ctx, organizationId)
    .where("token_id", "=", tokenId)
    .select(columns)
    .executeTakeFirst();
  if (!token) throw new Problem("NotFound");
  return token;
}

/** Throws NotFound. */
export async function rename(ctx: Context, tokenId: string, input: ServiceTokenPost): Promise<ServiceToken> {
  const token = await ctx.db
    .updateTable("token")
    .set({ name: input.name })
    .where("token_id", "=", tokenId)
    .where("organization_id", "=", input.organization_id)
    .where("kind", "=", "service_access")
    .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", ctx.now())]))
    .returning(columns)
    .executeTakeFirst();
  if (!token) throw new Problem("NotFound");
  return token;
}

/** Revokes the token and every token attenuated from it: the next request with one is refused. Throws NotFound. */
export async function revoke(ctx: Context, organizationId: string, tokenId: string): Promise<void> {
  const result = await ctx.db
    .updateTable("token")
    .set({ expires_at: ctx.now() })
    .where("token_id", "=", tokenId)
    .where("organization_id", "=", organizationId)
    .where("kind", "=", "service_access")
    .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", ctx.now())]))
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) throw new Problem("NotFound");
}

function live(ctx: Context, organizationId: string) {
  return ctx.db
    .selectFrom("token")
    .where("organization_id", "=", organizationId)
    .where("kind", "=", "service_access")
    .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", ctx.now())]));
}
