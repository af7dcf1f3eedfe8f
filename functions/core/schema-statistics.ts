import { sql } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { rangeOf, type DayRange } from "#core/day-range.ts";

export const SchemaDay = v.object({
  date: v.string(),
  /** Events stored with a warning. */
  warned: v.number(),
  refused: v.number(),
});
export type SchemaDay = v.InferOutput<typeof SchemaDay>;

/**
 * Events of a type that broke its schema, by UTC day, oldest first; days without one are left out, and the last thirty
 * days are the default. Throws InvalidDateRange.
 */
export async function list(
  ctx: Context,
  applicationId: string,
  name: string,
  range: DayRange,
): Promise<SchemaDay[]> {
  const { from, to } = rangeOf(ctx, range);
  const { rows } = await sql<SchemaDay>`
    select day::text as date, sum(warned)::int as warned, sum(refused)::int as refused
    from event_schema_day
    where application_id = ${applicationId} and event_type_name = ${name} and day between ${from} and ${to}
    group by day order by day
  `.execute(ctx.db);
  return rows;
}
