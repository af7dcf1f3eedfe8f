import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { Problem } from "#core/problem.ts";
import { text, Uuid } from "#core/schema.ts";

export const ApplicationSecretPost = v.object({ application_id: Uuid, name: v.nullish(text(0, 50), null) });
export type ApplicationSecretPost = v.InferOutput<typeof ApplicationSecretPost>;

export const ApplicationSecret = v.object({
  token: v.string(),
  name: v.nullable(v.string()),
  created_at: v.date(),
  deleted_at: v.nullable(v.date()),
});
export type ApplicationSecret = v.InferOutput<typeof ApplicationSecret>;

const columns = ["token", "name", "created_at", "deleted_at"] as const;

/** Live secrets of an application, oldest first. */
export function list(ctx: Context, applicationId: string): Promise<ApplicationSecret[]> {
  return ctx.db
    .selectFrom("application_secret")
    .where("application_id", "=", applicationId)
    .where("deleted_at", "is", null)
    .orderBy("created_at")
    .select(columns)
    .execute();
}

export function create(ctx: Context, input: ApplicationSecretPost): Promise<ApplicationSecret> {
  return ctx.db
    .insertInto("application_secret")
    .values({ ...input, created_at: ctx.now() })
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** Throws NotFound. */
export async function rename(
  ctx: Context,
  token: string,
  input: ApplicationSecretPost,
): Promise<ApplicationSecret> {
  const secret = await ctx.db
    .updateTable("application_secret")
    .set({ name: input.name })
    .where("token", "=", token)
    .where("application_id", "=", input.application_id)
    .where("deleted_at", "is", null)
    .returning(columns)
    .executeTakeFirst();
  if (!secret) throw new Problem("NotFound");
  return secret;
}

/** Revokes a secret: the next request with it is refused. Throws NotFound. */
export async function remove(ctx: Context, applicationId: string, token: string): Promise<void> {
  const result = await ctx.db
    .updateTable("application_secret")
    .set({ deleted_at: ctx.now() })
    .where("token", "=", token)
    .where("application_id", "=", applicationId)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) throw new Problem("NotFound");
}
