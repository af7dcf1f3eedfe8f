import { secondsAfter } from "#core/delivery/lease.ts";
import { schedule, type ScheduleContext, type ScheduleOptions } from "#core/delivery/schedule.ts";
import { advanceErasures } from "#core/erasure.ts";
import type { QuotaContext } from "#core/quota.ts";
import { advanceReplays } from "#core/replay-work.ts";
import { applyRetention } from "#core/retention.ts";

export type ScheduledWorkContext = ScheduleContext & QuotaContext;

/** Of a run's time, what replays and then deletions may take: what is due meanwhile waits no longer than that. */
const SHARE = 0.25;
const ERASURE_STEPS_MAX = 200;

/** Makes the attempts of replays that are due until the next run, and enqueues them. Returns how many it enqueued. */
export async function scheduleReplays(ctx: ScheduledWorkContext, options: ScheduleOptions): Promise<number> {
  const { horizonSeconds } = options;
  const made = await advanceReplays(ctx, { horizonSeconds, stopAt: shareOf(ctx, options) });
  return made === 0 ? 0 : schedule(ctx, options);
}

/** Deletes what was asked to be erased and what is older than its retention. */
export async function deleteOld(ctx: ScheduledWorkContext, options: ScheduleOptions): Promise<void> {
  const stopAt = shareOf(ctx, options);
  await advanceErasures(ctx, { stepsMax: ERASURE_STEPS_MAX, stopAt });
  await applyRetention(ctx, { stopAt });
}

const shareOf = (ctx: ScheduledWorkContext, { horizonSeconds }: ScheduleOptions) =>
  secondsAfter(ctx.now(), horizonSeconds * SHARE);
