import type { Logger } from "pino";
import type { DueHints } from "#core/delivery/due-hints.ts";
import { secondsAfter } from "#core/delivery/lease.ts";
import { schedule, type ScheduleContext } from "#core/delivery/schedule.ts";
import { createTick } from "#core/delivery/tick.ts";

export interface SchedulerDeps {
  readonly ctx: ScheduleContext;
  /** Time between two runs. */
  readonly intervalSeconds: number;
  /** Left out where the scheduler always looks into the ledger. */
  readonly hints?: DueHints | undefined;
  /** Longest time without a look into the ledger, whatever the hints say. */
  readonly sweepSeconds?: number;
  readonly log: Logger;
}

/** The scheduler function. Answers how many deliveries it enqueued. */
export function createHandler({
  ctx,
  intervalSeconds,
  hints,
  sweepSeconds = intervalSeconds,
  log,
}: SchedulerDeps): () => Promise<{ enqueued: number }> {
  const run = hints ? createTick(hints, sweepSeconds) : schedule;
  return async () => {
    const now = ctx.now();
    const { enqueued, oldestDueAt } = await run(ctx, {
      horizonSeconds: intervalSeconds,
      // The next run starts when this one must have ended.
      stopAt: secondsAfter(now, intervalSeconds),
    });
    if (oldestDueAt) {
      // An alarm reads `oldest_due_seconds` (stacks/aws/monitoring.ts).
      const oldest_due_seconds = Math.max(0, (now.getTime() - oldestDueAt.getTime()) / 1_000);
      log.info({ enqueued, oldest_due_seconds }, "enqueued due deliveries");
    }
    return { enqueued };
  };
}
