import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import * as v from "valibot";
import { useLink } from "#core/account/link.ts";
import { openSession, type Session } from "#core/account/session.ts";
import type { Biscuits } from "#core/auth/biscuit.ts";
import { hashPassword, requireStrongPassword } from "#core/auth/password.ts";
import type { Context } from "#core/context.ts";
import { inTransaction } from "#core/db/transaction.ts";
import { requestMail } from "#core/mail/outbox.ts";
import { Email, text } from "#core/schema.ts";

export const RegistrationPost = v.object({
  first_name: text(1, 50),
  last_name: text(1, 50),
  email: Email,
  password: v.string(),
});
export type RegistrationPost = v.InferOutput<typeof RegistrationPost>;

export const Registration = v.object({ organization_id: v.string(), user_id: v.string() });
export type Registration = v.InferOutput<typeof Registration>;

/**
 * Creates an account with a personal organization, and asks for a mail to verify the address. When the address has an
 * account already, nothing is created, its owner is told by mail, and the answer looks and takes the same: who asks
 * learns nothing. (Hook0 answers 409 there.) Throws a Password… problem.
 */
export async function register(ctx: Context, input: RegistrationPost): Promise<Registration> {
  requireStrongPassword(input.password, input);
  const password_hash = await hashPassword(input.password);
  const now = ctx.now();
  const registration = { organization_id: randomUUID(), user_id: randomUUID() };
  await sql`
    with account as (
      insert into user_account (user_id, email, password_hash, first_name, last_name, created_at)
      values (${registration.user_id}, ${input.email}, ${password_hash}, ${input.first_name}, ${input.last_name}, ${now})
      on conflict do nothing
      returning user_id
    ),
    organization as (
      insert into organization (organization_id, name, created_at)
      select ${registration.organization_id}, ${`${input.first_name} ${input.last_name}'s personal organization`}, ${now}
      from account
      returning organization_id
    ),
    member as (
      insert into organization_member (organization_id, user_id, role, created_at)
      select organization_id, user_id, 'editor', ${now} from account, organization
    )
    insert into outgoing_mail (kind, address, data, created_at, due_at)
    values ('registered', ${input.email}, '{}', ${now}, ${now})
  `.execute(ctx.db);
  return registration;
}

/**
 * Marks the address as verified, joins the organizations that invited it, and opens a session. Throws AuthEmailExpired.
 */
export async function verifyEmail(ctx: Context, biscuits: Biscuits, token: string): Promise<Session> {
  const now = ctx.now();
  const userId = await useLink(ctx, token, "verify_email");
  await inTransaction(ctx, async (tx) => {
    await tx
      .updateTable("user_account")
      .set({ email_verified_at: now })
      .where("user_id", "=", userId)
      .execute();
    await sql`
      with joined as (
        delete from invitation i using user_account u
        where u.user_id = ${userId} and lower(i.email) = lower(u.email)
        returning i.organization_id, i.role
      )
      insert into organization_member (organization_id, user_id, role, created_at)
      select organization_id, ${userId}, role, ${now} from joined
      on conflict do nothing
    `.execute(tx);
  });
  return openSession(ctx, biscuits, userId, randomUUID());
}

/** Asks for the verification mail again. Whether one is sent, the answer does not say. */
export async function resendVerification(ctx: Context, email: string): Promise<void> {
  await requestMail(ctx.db, ctx.now(), { kind: "verification_asked", address: email, data: {} });
}
