import type { DueHints } from "#core/delivery/due-hints.ts";
import { secondsAfter } from "#core/delivery/lease.ts";
import {
  nextEnqueueAt,
  schedule,
  type Scheduled,
  type ScheduleContext,
  type ScheduleOptions,
} from "#core/delivery/schedule.ts";

/** A hint is kept for so long after its minute has begun: whoever gave it has committed by then. */
const HINT_KEPT_SECONDS = 120;

/**
 * `schedule`, only when a hint says that something may be due, and now and then without one: that sweep is what finds
 * attempts whose hint was lost. Each pass leaves a hint of what is due next, so that an attempt that one pass has seen
 * needs no luck. The first run of a process sweeps.
 */
export function createTick(hints: DueHints, sweepSeconds: number) {
  let sweepAt = new Date(0);
  return async (ctx: ScheduleContext, options: ScheduleOptions): Promise<Scheduled> => {
    const now = ctx.now();
    const isSweep = now >= sweepAt;
    if (!isSweep && !(await hints.hasUntil(secondsAfter(now, options.horizonSeconds))))
      return { enqueued: 0, oldestDueAt: null };
    const scheduled = await schedule(ctx, options);
    const nextAt = await nextEnqueueAt(ctx);
    if (nextAt) await hints.note([nextAt > now ? nextAt : now]);
    await hints.forgetBefore(secondsAfter(now, -HINT_KEPT_SECONDS));
    if (isSweep) sweepAt = secondsAfter(now, sweepSeconds);
    return scheduled;
  };
}
