import * as v from "valibot";
import { useLink } from "#core/account/link.ts";
import { logoutEverywhere } from "#core/account/session.ts";
import { hashPassword, requireStrongPassword, verifyPassword } from "#core/auth/password.ts";
import type { Context } from "#core/context.ts";
import { inTransaction } from "#core/db/transaction.ts";
import { requestMail } from "#core/mail/outbox.ts";
import { Problem } from "#core/problem.ts";

export const PasswordPost = v.object({
  new_password: v.string(),
  /** Hook0's callers do not send it; ours do, and then it must be right. */
  current_password: v.nullish(v.string(), null),
});
export type PasswordPost = v.InferOutput<typeof PasswordPost>;

/** Asks for a mail with a link to choose a new password. Whether one is sent, the answer does not say. */
export async function beginReset(ctx: Context, email: string): Promise<void> {
  await requestMail(ctx.db, ctx.now(), { kind: "reset_asked", address: email, data: {} });
}

/** Sets a new password by a link's token and ends every session. Throws AuthEmailExpired or a Password… problem. */
export async function reset(ctx: Context, token: string, newPassword: string): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const within = { ...ctx, db: tx };
    // Rolled back with the rest when the new password is refused, so that the link can be used again.
    const userId = await useLink(within, token, "reset_password");
    await setPassword(within, userId, newPassword);
  });
}

/** Changes a user's password and ends every session. Throws AuthFailedLogin or a Password… problem. */
export async function change(ctx: Context, userId: string, input: PasswordPost): Promise<void> {
  if (input.current_password !== null) {
    const user = await ctx.db
      .selectFrom("user_account")
      .where("user_id", "=", userId)
      .select("password_hash")
      .executeTakeFirstOrThrow();
    const matches = await verifyPassword(input.current_password, user.password_hash);
    if (!matches)
      throw new Problem("AuthFailedLogin", "current_password: is not the password of this account");
  }
  await inTransaction(ctx, (tx) => setPassword({ ...ctx, db: tx }, userId, input.new_password));
}

async function setPassword(ctx: Context, userId: string, password: string): Promise<void> {
  const person = await ctx.db
    .selectFrom("user_account")
    .where("user_id", "=", userId)
    .select(["email", "first_name", "last_name"])
    .executeTakeFirstOrThrow();
  requireStrongPassword(password, person);
  const password_hash = await hashPassword(password);
  await ctx.db.updateTable("user_account").set({ password_hash }).where("user_id", "=", userId).execute();
  await logoutEverywhere(ctx, userId);
}
