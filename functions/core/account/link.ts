import { createHash, randomBytes } from "node:crypto";
import type { Context } from "#core/context.ts";
import { secondsAfter } from "#core/delivery/lease.ts";
import { Problem } from "#core/problem.ts";

type Purpose = "verify_email" | "reset_password";

/** Hook0 5.2. */
const lifeSeconds: Readonly<Record<Purpose, number>> = { verify_email: 86_400, reset_password: 1_800 };
/** Hook0 1.4: what a person may be sent, so that nobody is flooded in another's name. */
const COOLDOWN_SECONDS = 60;
const PER_DAY_MAX = 5;

/** Makes a link's token, or null when the user has been sent too many lately. Only its hash is kept. */
export async function createLink(ctx: Context, userId: string, purpose: Purpose): Promise<string | null> {
  const now = ctx.now();
  const recent = await ctx.db
    .selectFrom("account_link")
    .where("user_id", "=", userId)
    .where("purpose", "=", purpose)
    .where("created_at", ">", secondsAfter(now, -86_400))
    .select("created_at")
    .execute();
  const isCoolingDown = recent.some(({ created_at }) => created_at > secondsAfter(now, -COOLDOWN_SECONDS));
  if (isCoolingDown || recent.length >= PER_DAY_MAX) return null;
  const token = randomBytes(32).toString("base64url");
  await ctx.db
    .insertInto("account_link")
    .values({
      token_hash: hashOf(token),
      user_id: userId,
      purpose,
      created_at: now,
      expires_at: secondsAfter(now, lifeSeconds[purpose]),
    })
    .execute();
  return token;
}

/** Uses a link up and returns whose it is. Throws AuthEmailExpired when it is unknown, expired or used. */
export async function useLink(ctx: Context, token: string, purpose: Purpose): Promise<string> {
  const now = ctx.now();
  const link = await ctx.db
    .updateTable("account_link")
    .set({ used_at: now })
    .where("token_hash", "=", hashOf(token))
    .where("purpose", "=", purpose)
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .returning("user_id")
    .executeTakeFirst();
  if (!link) throw new Problem("AuthEmailExpired", "token: is unknown, expired or already used");
  return link.user_id;
}

const hashOf = (token: string) => createHash("sha256").update(token).digest();
