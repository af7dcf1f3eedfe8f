import { sql } from "kysely";
import type { GroupBy, Selection } from "#core/analytics/figures.ts";
import type { Context } from "#core/context.ts";

/** What stands open now, whatever time is asked about. */
export interface Standing {
  readonly waiting: number;
  readonly oldest_waiting_at: Date | null;
  readonly dead_letters: number;
}

interface StandingRow extends Standing {
  /** A subscription's id or an event type's name; empty without groups. */
  readonly key: string;
}

/** Served by request_attempt_backlog and request_attempt_dead. */
export async function readStanding(
  ctx: Context,
  { applicationId, subscriptionId, eventTypeName }: Omit<Selection, "since" | "until">,
  groupBy?: GroupBy,
): Promise<StandingRow[]> {
  const conditions = sql.join(
    [
      sql`application_id = ${applicationId}`,
      ...(subscriptionId ? [sql`subscription_id = ${subscriptionId}`] : []),
      ...(eventTypeName === undefined ? [] : [sql`event_type_name = ${eventTypeName}`]),
    ],
    sql` and `,
  );
  const key =
    groupBy === "subscription"
      ? sql`subscription_id::text`
      : groupBy === "event_type"
        ? sql`event_type_name`
        : sql`''`;
  const { rows } = await sql<StandingRow>`
    select key, sum(waiting)::int as waiting, min(oldest_at) as oldest_waiting_at, sum(dead)::int as dead_letters
    from (
      select ${key} as key, count(*) as waiting, min(created_at) as oldest_at, 0 as dead from request_attempt
      where ${conditions} and coalesce(succeeded_at, failed_at) is null
      group by 1
      union all
      select ${key}, 0, null, count(*) from request_attempt
      where ${conditions} and dead_at is not null
      group by 1
    ) standing
    group by key
  `.execute(ctx.db);
  return rows;
}

export const nothingStanding: Standing = { waiting: 0, oldest_waiting_at: null, dead_letters: 0 };
