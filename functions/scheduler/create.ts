import type { Logger } from "pino";
import { secondsAfter } from "#core/delivery/lease.ts";
import { schedule, type ScheduleContext } from "#core/delivery/schedule.ts";

export interface SchedulerDeps {
  readonly ctx: ScheduleContext;
  /** Time between two runs. */
  readonly intervalSeconds: number;
  readonly log: Logger;
}

/** The scheduler function. Answers how many deliveries it enqueued. */
export function createHandler({
  ctx,
  intervalSeconds,
  log,
}: SchedulerDeps): () => Promise<{ enqueued: number }> {
  return async () => {
    const enqueued = await schedule(ctx, {
      horizonSeconds: intervalSeconds,
      // The next run starts when this one must have ended.
      stopAt: secondsAfter(ctx.now(), intervalSeconds),
    });
    if (enqueued > 0) log.info({ enqueued }, "enqueued due deliveries");
    return { enqueued };
  };
}
