import { sql, type RawBuilder } from "kysely";
import type { Context } from "#core/context.ts";
import { secondsAfter } from "#core/delivery/lease.ts";

/** Rows read by one statement. */
const ROWS_MAX = 1_000;
/** Links count toward how many a user may be sent on a day. */
const LINK_DAY_SECONDS = 86_400;

type TimeLeft = () => boolean;

/** Sessions that have run out are refused whether they are there or not. Served by session_token_expiry. */
export function deleteEndedSessions(ctx: Context, isTimeLeft: TimeLeft): Promise<void> {
  const now = ctx.now();
  return repeat(
    ctx,
    isTimeLeft,
    sql`delete from session_token where revocation_id = any (array(
      select revocation_id from session_token where expires_at < ${now} order by expires_at limit ${ROWS_MAX}
    ))`,
  );
}

/** Served by account_link_expiry. */
export function deleteEndedLinks(ctx: Context, isTimeLeft: TimeLeft): Promise<void> {
  const end = secondsAfter(ctx.now(), -LINK_DAY_SECONDS);
  return repeat(
    ctx,
    isTimeLeft,
    sql`delete from account_link where token_hash = any (array(
      select token_hash from account_link where expires_at < ${end} order by expires_at limit ${ROWS_MAX}
    ))`,
  );
}

async function repeat(ctx: Context, isTimeLeft: TimeLeft, step: RawBuilder<unknown>): Promise<void> {
  while (isTimeLeft()) {
    const { numAffectedRows } = await step.execute(ctx.db);
    if (Number(numAffectedRows ?? 0) < ROWS_MAX) return;
  }
}

/**
 * A full bucket says as much as none. Read in the order of the primary key: an index on the time would make each
 * request pay for it.
 */
export async function deleteFullBuckets(ctx: Context, isTimeLeft: TimeLeft): Promise<void> {
  const now = ctx.now();
  let after = "";
  while (isTimeLeft()) {
    const { rows } = await sql<{ last: string | null; is_last: boolean }>`
      with scanned as materialized (
        select key, full_at from rate_limit where key > ${after} order by key limit ${ROWS_MAX}
      ),
      gone as (
        delete from rate_limit r using scanned s where r.key = s.key and s.full_at < ${now} and r.full_at < ${now}
      )
      select max(key) as last, count(*) < ${ROWS_MAX} as is_last from scanned
    `.execute(ctx.db);
    const [step] = rows;
    if (!step?.last || step.is_last) return;
    after = step.last;
  }
}
