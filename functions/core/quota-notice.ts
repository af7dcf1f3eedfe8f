import { sql } from "kysely";
import { requestMail } from "#core/mail/outbox.ts";
import type { Context } from "#core/context.ts";
import { inTransaction } from "#core/db/transaction.ts";

/** From this part of its quota on an application's editors are warned. */
const WARNING_RATIO = 0.8;

/** What an application has used of its events of today; the event it stands for is counted, or was refused. */
export interface QuotaUse {
  readonly application_id: string;
  readonly quota: number;
  readonly used: number;
}

/**
 * Asks for the mail that this use calls for, once a day: to the organization's editors, when 80 % are used or an event
 * was refused.
 */
export async function noticeQuota(ctx: Context, use: QuotaUse): Promise<void> {
  const kind = noticeOf(use);
  if (!kind) return;
  const now = ctx.now();
  await inTransaction(ctx, async (tx) => {
    const { rows } = await sql<{ name: string; organization_id: string }>`
      with first as (
        insert into quota_notification (application_id, day, kind)
        values (${use.application_id}, (${now}::timestamptz at time zone 'utc')::date, ${kind})
        on conflict do nothing
        returning application_id
      )
      select a.name, a.organization_id from first join application a using (application_id)
    `.execute(tx);
    const [application] = rows;
    if (!application) return;
    const editors = await tx
      .selectFrom("organization_member as m")
      .innerJoin("user_account as u", "u.user_id", "m.user_id")
      .where("m.organization_id", "=", application.organization_id)
      .where("m.role", "=", "editor")
      .select("u.email")
      .execute();
    for (const { email } of editors) {
      await requestMail(tx, now, {
        kind,
        address: email,
        data: { application: application.name, limit: use.quota },
      });
    }
  });
}

/** The mail that a use of the quota calls for, or null. */
export function noticeOf({ quota, used }: QuotaUse): "quota_warning" | "quota_reached" | null {
  if (used > quota) return "quota_reached";
  return used >= quota * WARNING_RATIO ? "quota_warning" : null;
}
