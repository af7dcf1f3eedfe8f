import { sql } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { inTransaction } from "#core/db/transaction.ts";
import { requestMail } from "#core/mail/outbox.ts";
import { Problem } from "#core/problem.ts";
import { requireRoom, type QuotaContext } from "#core/quota.ts";
import { Email, Uuid } from "#core/schema.ts";

export const InvitePost = v.object({ email: Email, role: v.string() });
export type InvitePost = v.InferOutput<typeof InvitePost>;
export const RevokePost = v.object({ user_id: Uuid });
export type RevokePost = v.InferOutput<typeof RevokePost>;
export const RolePost = v.object({ user_id: Uuid, role: v.string() });
export type RolePost = v.InferOutput<typeof RolePost>;

/** Throws InvalidRole. */
function requireRole(role: string): "viewer" | "editor" {
  if (role === "viewer" || role === "editor") return role;
  throw new Problem("InvalidRole", "role: must be viewer or editor");
}

/**
 * Makes the person a member at once when they have an account (Hook0 1.4), and else invites them by mail: they join
 * when they have registered with that address. Throws InvalidRole, InvitedUserAlreadyInOrganization or
 * TooManyMembersPerOrganization.
 */
export async function invite(
  ctx: QuotaContext,
  organizationId: string,
  input: InvitePost,
): Promise<InvitePost> {
  const role = requireRole(input.role);
  const created_at = ctx.now();
  await inTransaction(ctx, async (tx) => {
    const user = await tx
      .selectFrom("user_account")
      .where((eb) => eb(eb.fn("lower", ["email"]), "=", input.email.toLowerCase()))
      .where("email_verified_at", "is not", null)
      .select("user_id")
      .executeTakeFirst();
    await requireRoom(ctx, tx, "members", organizationId);
    const invited = user
      ? await tx
          .insertInto("organization_member")
          .values({ organization_id: organizationId, user_id: user.user_id, role, created_at })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst()
      : await tx
          .insertInto("invitation")
          .values({ organization_id: organizationId, email: input.email, role, created_at })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
    if (invited.numInsertedOrUpdatedRows === 0n) throw new Problem("InvitedUserAlreadyInOrganization");
    if (user) return;
    const { name } = await tx
      .selectFrom("organization")
      .where("organization_id", "=", organizationId)
      .select("name")
      .executeTakeFirstOrThrow();
    await requestMail(tx, created_at, {
      kind: "invited",
      address: input.email,
      data: { organization: name },
    });
  });
  return input;
}

/** Ends a membership: the person's tokens no longer reach the organization from the next request on. Throws NotFound. */
export async function remove(ctx: Context, organizationId: string, input: RevokePost): Promise<RevokePost> {
  const result = await ctx.db
    .deleteFrom("organization_member")
    .where("organization_id", "=", organizationId)
    .where("user_id", "=", input.user_id)
    .executeTakeFirst();
  if (result.numDeletedRows === 0n) throw new Problem("NotFound");
  return input;
}

/** Throws InvalidRole, Forbidden on one's own role, or NotFound for someone who is not a member. */
export async function setRole(
  ctx: Context,
  organizationId: string,
  actorId: string | null,
  input: RolePost,
): Promise<RolePost> {
  const role = requireRole(input.role);
  if (input.user_id === actorId) throw new Problem("Forbidden", "user_id: nobody can change their own role");
  const { rows } = await sql<{ user_id: string }>`
    update organization_member set role = ${role}
    where organization_id = ${organizationId} and user_id = ${input.user_id}
    returning user_id
  `.execute(ctx.db);
  if (rows.length === 0) throw new Problem("NotFound");
  return input;
}
