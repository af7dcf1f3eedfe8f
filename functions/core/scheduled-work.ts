import { secondsAfter } from "#core/delivery/lease.ts";
import { sql } from "kysely";
import type { Context } from "#core/context.ts";
import {
  schedule,
  type ScheduleContext,
  type Scheduled,
  type ScheduleOptions,
} from "#core/delivery/schedule.ts";
import { rollUp } from "#core/analytics/rollup.ts";
import { advanceErasures } from "#core/erasure.ts";
import type { QuotaContext } from "#core/quota.ts";
import { advanceReplays } from "#core/replay-work.ts";
import { applyRetention } from "#core/retention.ts";

export type ScheduledWorkContext = ScheduleContext & QuotaContext;

/** Of a run's time, what each kind of work may take beside live traffic: what is due meanwhile waits no longer than that. */
const SHARE = 0.25;
const ERASURE_STEPS_MAX = 200;

/** Makes the attempts of replays that are due until the next run, and enqueues them. */
export async function scheduleReplays(
  ctx: ScheduledWorkContext,
  options: ScheduleOptions,
): Promise<Scheduled> {
  const { horizonSeconds } = options;
  const made = await advanceReplays(ctx, { horizonSeconds, stopAt: shareOf(ctx, options) });
  return made === 0 ? { enqueued: 0, oldestDueAt: null } : schedule(ctx, options);
}

/** Deletes what was asked to be erased and what is older than its retention. */
export async function deleteOld(ctx: ScheduledWorkContext, options: ScheduleOptions): Promise<void> {
  const stopAt = shareOf(ctx, options);
  await advanceErasures(ctx, { stepsMax: ERASURE_STEPS_MAX, stopAt });
  await applyRetention(ctx, { stopAt });
}

/** Rolls up what has happened, for analytics: never a reason to look into the ledger, always done when it is looked into. */
export const rollUpTraffic = (ctx: ScheduledWorkContext, options: ScheduleOptions): Promise<void> =>
  rollUp(ctx, { stopAt: shareOf(ctx, options) });

/** Whether a replay or an erasure is under way, so that the next run has work whatever else is due. */
export async function isWorkRunning(ctx: Context): Promise<boolean> {
  const { rows } = await sql<{ is_running: boolean }>`
    select exists (select from replay where state = 'running')
      or exists (select from erasure where state = 'running') as is_running
  `.execute(ctx.db);
  return rows[0]?.is_running ?? false;
}

const shareOf = (ctx: ScheduledWorkContext, { horizonSeconds }: ScheduleOptions) =>
  secondsAfter(ctx.now(), horizonSeconds * SHARE);
