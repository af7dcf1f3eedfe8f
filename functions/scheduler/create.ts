import type { Logger } from "pino";
import type { DueHints } from "#core/delivery/due-hints.ts";
import { secondsAfter } from "#core/delivery/lease.ts";
import { nextEnqueueAt, schedule, type Scheduled, type ScheduleContext } from "#core/delivery/schedule.ts";
import { createTick } from "#core/delivery/tick.ts";
import { flushMail, nextMailAt, type MailContext } from "#core/mail/outbox.ts";

export interface SchedulerDeps {
  readonly ctx: ScheduleContext;
  readonly mail: MailContext;
  /** Time between two runs. */
  readonly intervalSeconds: number;
  /** Left out where the scheduler always looks into the ledger. */
  readonly hints?: DueHints | undefined;
  /** Longest time without a look into the ledger, whatever the hints say. */
  readonly sweepSeconds?: number;
  readonly log: Logger;
}

/** The scheduler function: enqueues due deliveries and sends due mail. Answers how many deliveries it enqueued. */
export function createHandler(deps: SchedulerDeps): () => Promise<{ enqueued: number }> {
  const { ctx, mail, intervalSeconds, hints, sweepSeconds = intervalSeconds, log } = deps;
  const tick = createTick({
    hints,
    sweepSeconds,
    nextDueAt: async () => earlier(await nextEnqueueAt(ctx), await nextMailAt(ctx)),
  });

  const look = async (now: Date): Promise<Scheduled> => {
    const scheduled = await schedule(ctx, {
      horizonSeconds: intervalSeconds,
      // The next run starts when this one must have ended.
      stopAt: secondsAfter(now, intervalSeconds),
    });
    await flushMail(mail).catch((error: unknown) => log.error({ error }, "mail was not sent"));
    return scheduled;
  };

  return async () => {
    const now = ctx.now();
    const scheduled = await tick(ctx, intervalSeconds, () => look(now));
    if (!scheduled?.oldestDueAt) return { enqueued: 0 };
    const { enqueued, oldestDueAt } = scheduled;
    // An alarm reads `oldest_due_seconds` (stacks/aws/monitoring.ts).
    const oldest_due_seconds = Math.max(0, (now.getTime() - oldestDueAt.getTime()) / 1_000);
    log.info({ enqueued, oldest_due_seconds }, "enqueued due deliveries");
    return { enqueued };
  };
}

const earlier = (one: Date | null, other: Date | null): Date | null =>
  one && other ? (one < other ? one : other) : (one ?? other);
