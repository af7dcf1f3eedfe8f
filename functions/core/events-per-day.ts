import { sql } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { rangeOf, type DayRange } from "#core/day-range.ts";

export const EventsPerDayEntry = v.object({
  application_id: v.string(),
  application_name: v.string(),
  date: v.string(),
  amount: v.number(),
  is_provisional: v.boolean(),
});
export type EventsPerDayEntry = v.InferOutput<typeof EventsPerDayEntry>;

/**
 * Events accepted a UTC day by each live application of an organization, or by one of them, oldest day first; the last
 * thirty days by default. Counted in the commit that stores the events, so never provisional. Throws InvalidDateRange.
 */
export async function list(
  ctx: Context,
  of: { organizationId: string } | { applicationId: string },
  range: DayRange,
): Promise<EventsPerDayEntry[]> {
  const { from, to } = rangeOf(ctx, range);
  const owner =
    "organizationId" in of
      ? sql`a.organization_id = ${of.organizationId}`
      : sql`a.application_id = ${of.applicationId}`;
  const { rows } = await sql<EventsPerDayEntry>`
    select a.application_id, a.name as application_name, d.day::text as date, sum(d.amount)::int as amount,
      false as is_provisional
    from application a join event_day d using (application_id)
    where ${owner} and a.deleted_at is null and d.day between ${from} and ${to}
    group by a.application_id, d.day
    order by d.day, a.application_id
  `.execute(ctx.db);
  return rows;
}
