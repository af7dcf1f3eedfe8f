import { sql } from "kysely";
import { secondsAfter, type LeaseContext } from "#core/delivery/lease.ts";

export type Span = "minute" | "hour" | "day";

/** Beyond a lease: a statement runs for 30 s at the most, and clocks differ. */
const SLACK_SECONDS = 60;
const MINUTES_MAX = 1_440;
/** A step takes twice the minutes of the last when that was quick, and half when it was slow. */
const QUICK_MS = 250;
const SLOW_MS = 1_000;
/** Rows deleted by one statement. */
const ROWS_MAX = 10_000;

/** Longer than what is asked for (RANGES in analytics.ts), and than the span that is folded next. */
const KEPT_SECONDS: Readonly<Record<Span, number>> = {
  minute: 26 * 3_600,
  hour: 33 * 86_400,
  day: 368 * 86_400,
};

/**
 * Rolls up what of the ledger is settled and has not been yet: whole minutes, so old that no commit of theirs is still to
 * come. Several may run at once, and each step is one transaction, so that an interrupted one has done nothing. Stops at
 * that instant; what is left is read from the ledger meanwhile, and rolled up by the next run.
 */
export async function rollUp(ctx: LeaseContext, { stopAt }: { readonly stopAt: Date }): Promise<void> {
  let minutes = 1;
  while (ctx.now() < stopAt) {
    const startedMs = performance.now();
    const settled = secondsAfter(ctx.now(), -(ctx.leaseSeconds + SLACK_SECONDS));
    const { rows } = await sql<{ is_done: boolean }>`
      select rolled_up_until >= target as is_done from roll_up(${settled}, ${minutes})
    `.execute(ctx.db);
    const [step] = rows;
    if (!step || step.is_done) break;
    const elapsedMs = performance.now() - startedMs;
    if (elapsedMs < QUICK_MS) minutes = Math.min(MINUTES_MAX, minutes * 2);
    if (elapsedMs > SLOW_MS) minutes = Math.max(1, Math.floor(minutes / 2));
  }
  for (const span of ["minute", "hour", "day"] as const) await deleteOldRollups(ctx, span, stopAt);
}

/** Counted back from what has been rolled up: what is still to be folded stays. */
async function deleteOldRollups(ctx: LeaseContext, span: Span, stopAt: Date): Promise<void> {
  while (ctx.now() < stopAt) {
    const { numAffectedRows } = await sql`
      delete from analytics_rollup where ctid = any (array(
        select r.ctid from analytics_rollup r
        where r.span = ${span}
          and r.at < (select rolled_up_until from analytics_watermark) - make_interval(secs => ${KEPT_SECONDS[span]})
        limit ${ROWS_MAX}
        for update skip locked
      ))
    `.execute(ctx.db);
    if (Number(numAffectedRows ?? 0) < ROWS_MAX) return;
  }
}
