import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { Biscuits } from "#core/auth/biscuit.ts";
import { verifyPassword } from "#core/auth/password.ts";
import type { Context } from "#core/context.ts";
import { secondsAfter } from "#core/delivery/lease.ts";
import { Problem } from "#core/problem.ts";
import { text } from "#core/schema.ts";

export const LoginPost = v.object({ email: text(1, 100), password: text(1, 100) });
export type LoginPost = v.InferOutput<typeof LoginPost>;

export const Session = v.object({
  access_token: v.string(),
  access_token_expiration: v.date(),
  refresh_token: v.string(),
  refresh_token_expiration: v.date(),
  user_id: v.string(),
  email: v.string(),
  first_name: v.string(),
  last_name: v.string(),
});
export type Session = v.InferOutput<typeof Session>;

/** Hook0 5.2. */
const ACCESS_SECONDS = 300;
/**
 * Hook0's thirty minutes sign a person out over lunch. A fortnight bridges a holiday; it is safe because each refresh
 * replaces the token, and a session or all of them can be ended at any time.
 */
const REFRESH_SECONDS = 14 * 86_400;

/**
 * Opens a session. Throws AuthFailedLogin, the same and as slowly for a wrong password as for an unknown address, and
 * AuthEmailNotVerified only to who knows the password.
 */
export async function login(
  ctx: Context,
  biscuits: Biscuits,
  { email, password }: LoginPost,
): Promise<Session> {
  const user = await ctx.db
    .selectFrom("user_account")
    .where((eb) => eb(eb.fn("lower", ["email"]), "=", email.toLowerCase()))
    .select(["user_id", "password_hash", "email_verified_at"])
    .executeTakeFirst();
  const matches = await verifyPassword(password, user?.password_hash ?? null);
  if (!user || !matches) throw new Problem("AuthFailedLogin");
  if (user.email_verified_at === null) throw new Problem("AuthEmailNotVerified");
  return openSession(ctx, biscuits, user.user_id, randomUUID());
}

/** Replaces both tokens of a session; the old ones end. Throws AuthFailedRefresh. */
export async function refresh(ctx: Context, biscuits: Biscuits, refreshToken: string): Promise<Session> {
  const now = ctx.now();
  const identity = biscuits.identify(refreshToken);
  const revocationId = identity?.revocationIds[0];
  if (identity?.type !== "refresh" || !revocationId) throw new Problem("AuthFailedRefresh");
  const spent = await ctx.db
    .updateTable("session_token")
    .set({ expires_at: now })
    .where("revocation_id", "=", Buffer.from(revocationId, "hex"))
    .where("kind", "=", "refresh")
    .where("expires_at", ">", now)
    .returning(["user_id", "session_id"])
    .executeTakeFirst();
  if (!spent) throw new Problem("AuthFailedRefresh");
  // Those of the session that have ended are of no more use.
  await ctx.db
    .deleteFrom("session_token")
    .where("user_id", "=", spent.user_id)
    .where("session_id", "=", spent.session_id)
    .execute();
  return openSession(ctx, biscuits, spent.user_id, spent.session_id);
}

/** Ends a session: its tokens are refused from the next request on. */
export async function logout(ctx: Context, userId: string, sessionId: string): Promise<void> {
  await ctx.db
    .deleteFrom("session_token")
    .where("user_id", "=", userId)
    .where("session_id", "=", sessionId)
    .execute();
}

/** Ends every session of a user. */
export async function logoutEverywhere(ctx: Context, userId: string): Promise<void> {
  await ctx.db.deleteFrom("session_token").where("user_id", "=", userId).execute();
}

/** Opens a session, or goes on with one, for a user who has proven to be who they are. */
export async function openSession(
  ctx: Context,
  biscuits: Biscuits,
  userId: string,
  sessionId: string,
): Promise<Session> {
  const createdAt = ctx.now();
  const user = await ctx.db
    .selectFrom("user_account")
    .where("user_id", "=", userId)
    .select(["email", "first_name", "last_name"])
    .executeTakeFirstOrThrow();
  const memberships = await ctx.db
    .selectFrom("organization_member")
    .where("user_id", "=", userId)
    .select(["organization_id", "role"])
    .execute();
  const accessExpiresAt = secondsAfter(createdAt, ACCESS_SECONDS);
  const refreshExpiresAt = secondsAfter(createdAt, REFRESH_SECONDS);
  const of = { userId, sessionId, createdAt };
  const access = biscuits.mintUserToken({
    ...of,
    ...user,
    tokenId: randomUUID(),
    expiresAt: accessExpiresAt,
    memberships,
  });
  const refreshing = biscuits.mintRefreshToken({ ...of, tokenId: randomUUID(), expiresAt: refreshExpiresAt });
  const row = { user_id: userId, session_id: sessionId, created_at: createdAt };
  await ctx.db
    .insertInto("session_token")
    .values([
      {
        ...row,
        kind: "user_access",
        revocation_id: Buffer.from(access.revocationId, "hex"),
        expires_at: accessExpiresAt,
      },
      {
        ...row,
        kind: "refresh",
        revocation_id: Buffer.from(refreshing.revocationId, "hex"),
        expires_at: refreshExpiresAt,
      },
    ])
    .execute();
  return {
    access_token: access.biscuit,
    access_token_expiration: accessExpiresAt,
    refresh_token: refreshing.biscuit,
    refresh_token_expiration: refreshExpiresAt,
    user_id: userId,
    ...user,
  };
}
