import { sql } from "kysely";
import type { Context } from "#core/context.ts";
import type { Database } from "#core/db/client.ts";
import { secondsAfter } from "#core/delivery/lease.ts";
import { compose, type Mail, type MailRequest } from "#core/mail/compose.ts";

/** Sends a mail, or rejects. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
}

export interface MailContext extends Context {
  readonly mailer: Mailer;
  /** Public URL that links in mails start with, without a final slash. */
  readonly appUrl: string;
}

const BATCH_LENGTH = 20;
/** How long a sender is trusted with a mail before it is tried again; doubles with each try. */
const RETRY_SECONDS = 60;
const TRIES_MAX = 12;

/** Notes a mail to be sent. Within a transaction it exists when that commits, and not otherwise. */
export async function requestMail(
  db: Database,
  now: Date,
  { kind, address, data }: MailRequest,
): Promise<void> {
  await db
    .insertInto("outgoing_mail")
    .values({ kind, address, data: JSON.stringify(data), created_at: now, due_at: now })
    .execute();
}

/** Sends what is due. A mail that cannot be sent is tried again later, for about two days. Returns how many went out. */
export async function flushMail(ctx: MailContext): Promise<number> {
  let sent = 0;
  for (let batch = await take(ctx); batch.length > 0; batch = await take(ctx)) {
    for (const { mail_id, ...request } of batch) {
      const mail = await compose(ctx, request);
      // A failure leaves it to its next due time.
      const isDone =
        mail === null ||
        (await ctx.mailer.send(mail).then(
          () => true,
          () => false,
        ));
      if (isDone) await ctx.db.deleteFrom("outgoing_mail").where("mail_id", "=", mail_id).execute();
      if (mail && isDone) sent++;
    }
  }
  return sent;
}

/** When the next mail is to be sent; null when there is none. */
export async function nextMailAt(ctx: Context): Promise<Date | null> {
  const row = await ctx.db
    .selectFrom("outgoing_mail")
    .where("tries", "<", TRIES_MAX)
    .select((eb) => eb.fn.min("due_at").as("due_at"))
    .executeTakeFirst();
  return row?.due_at ?? null;
}

async function take(ctx: Context): Promise<(MailRequest & { mail_id: string })[]> {
  const now = ctx.now();
  const { rows } = await sql<MailRequest & { mail_id: string }>`
    update outgoing_mail set
      tries = tries + 1,
      due_at = ${secondsAfter(now, RETRY_SECONDS)}::timestamptz + interval '1 minute' * (2 ^ least(tries, 10) - 1)
    where mail_id = any (array(
      select mail_id from outgoing_mail where due_at <= ${now} and tries < ${TRIES_MAX}
      order by due_at limit ${BATCH_LENGTH} for update skip locked
    ))
    returning mail_id, kind, address, data
  `.execute(ctx.db);
  return rows;
}
