import type { Logger } from "pino";
import type { DueHints } from "#core/delivery/due-hints.ts";
import { secondsAfter } from "#core/delivery/lease.ts";
import { nextEnqueueAt, schedule, type Scheduled } from "#core/delivery/schedule.ts";
import { createTick } from "#core/delivery/tick.ts";
import { contained } from "#functions/contained.ts";
import type { Metrics } from "#functions/metrics.ts";
import { flushMail, nextMailAt, type MailContext } from "#core/mail/outbox.ts";
import {
  deleteOld,
  isWorkRunning,
  rollUpTraffic,
  scheduleReplays,
  type ScheduledWorkContext,
} from "#core/scheduled-work.ts";

export interface SchedulerDeps {
  readonly ctx: ScheduledWorkContext;
  readonly mail: MailContext;
  /** Time between two runs. */
  readonly intervalSeconds: number;
  /** Left out where the scheduler always looks into the ledger. */
  readonly hints?: DueHints | undefined;
  /** Longest time without a look into the ledger, whatever the hints say. */
  readonly sweepSeconds?: number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * The scheduler function: enqueues due deliveries, works off replays, sends due mail and deletes what is old. Answers
 * how many deliveries it enqueued.
 */
export function createHandler(deps: SchedulerDeps): () => Promise<{ enqueued: number }> {
  const { ctx, mail, intervalSeconds, hints, sweepSeconds = intervalSeconds, log, metrics } = deps;
  const tick = createTick({
    hints,
    sweepSeconds,
    nextDueAt: async () =>
      (await isWorkRunning(ctx)) ? ctx.now() : earlier(await nextEnqueueAt(ctx), await nextMailAt(ctx)),
  });

  const look = async (now: Date): Promise<Scheduled> => {
    // The next run starts when this one must have ended.
    const options = { horizonSeconds: intervalSeconds, stopAt: secondsAfter(now, intervalSeconds) };
    // Live traffic first.
    const live = await schedule(ctx, options);
    const replayed = await scheduleReplays(ctx, options).catch((error: unknown) => {
      log.error({ error }, "replays were not worked off");
      return { enqueued: 0, oldestDueAt: null };
    });
    await flushMail(mail).catch((error: unknown) => log.error({ error }, "mail was not sent"));
    await deleteOld(ctx, options).catch((error: unknown) => log.error({ error }, "not all was deleted"));
    await rollUpTraffic(ctx, options).catch((error: unknown) =>
      log.error({ error }, "traffic was not rolled up"),
    );
    return {
      enqueued: live.enqueued + replayed.enqueued,
      oldestDueAt: earlier(live.oldestDueAt, replayed.oldestDueAt),
    };
  };

  const run = async (): Promise<{ enqueued: number }> => {
    const now = ctx.now();
    const scheduled = await tick(ctx, intervalSeconds, () => look(now));
    if (!scheduled?.oldestDueAt) return { enqueued: 0 };
    const { enqueued, oldestDueAt } = scheduled;
    const oldest_due_seconds = Math.max(0, (now.getTime() - oldestDueAt.getTime()) / 1_000);
    metrics.add("OldestDueSeconds", oldest_due_seconds);
    log.info({ enqueued, oldest_due_seconds }, "enqueued due deliveries");
    return { enqueued };
  };
  const invoke = contained({ log, metrics }, run);
  return () => invoke(undefined);
}

const earlier = (one: Date | null, other: Date | null): Date | null =>
  one && other ? (one < other ? one : other) : (one ?? other);
