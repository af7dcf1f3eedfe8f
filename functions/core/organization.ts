import type { Context } from "#core/context.ts";

export async function exists(ctx: Context, organizationId: string): Promise<boolean> {
  const row = await ctx.db
    .selectFrom("organization")
    .where("organization_id", "=", organizationId)
    .select("organization_id")
    .executeTakeFirst();
  return row !== undefined;
}
