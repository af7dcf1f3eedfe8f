import type { Logger } from "pino";
import { secondsAfter } from "#core/delivery/lease.ts";
import { schedule } from "#core/delivery/schedule.ts";
import { flushMail, type MailContext } from "#core/mail/outbox.ts";
import { deleteOld, scheduleReplays, type ScheduledWorkContext } from "#core/scheduled-work.ts";

export interface SchedulerDeps {
  readonly ctx: ScheduledWorkContext;
  readonly mail: MailContext;
  /** Time between two runs. */
  readonly intervalSeconds: number;
  readonly log: Logger;
}

/**
 * The scheduler function: enqueues due deliveries, works off replays, sends due mail and deletes what is old. Answers
 * how many deliveries it enqueued.
 */
export function createHandler({
  ctx,
  mail,
  intervalSeconds,
  log,
}: SchedulerDeps): () => Promise<{ enqueued: number }> {
  return async () => {
    const options = {
      horizonSeconds: intervalSeconds,
      // The next run starts when this one must have ended.
      stopAt: secondsAfter(ctx.now(), intervalSeconds),
    };
    // Live traffic first.
    let enqueued = await schedule(ctx, options);
    enqueued += await scheduleReplays(ctx, options).catch((error: unknown) => {
      log.error({ error }, "replays were not worked off");
      return 0;
    });
    await flushMail(mail).catch((error: unknown) => log.error({ error }, "mail was not sent"));
    await deleteOld(ctx, options).catch((error: unknown) => log.error({ error }, "not all was deleted"));
    if (enqueued > 0) log.info({ enqueued }, "enqueued due deliveries");
    return { enqueued };
  };
}
