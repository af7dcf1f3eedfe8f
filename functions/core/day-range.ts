import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { Problem } from "#core/problem.ts";

const DEFAULT_DAYS = 30;

const Day = v.pipe(v.string(), v.isoDate("must be a date like 2026-11-23"));
export const DayRange = v.object({ from: v.optional(Day), to: v.optional(Day) });
export type DayRange = v.InferOutput<typeof DayRange>;

/** The last thirty days (UTC) where nothing else is said. Throws InvalidDateRange. */
export function rangeOf(ctx: Pick<Context, "now">, range: DayRange): { from: string; to: string } {
  const to = range.to ?? ctx.now().toISOString().slice(0, 10);
  const from = range.from ?? daysBefore(to, DEFAULT_DAYS - 1);
  if (from > to) throw new Problem("InvalidDateRange", "from: must not be after `to`");
  return { from, to };
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10);
}
