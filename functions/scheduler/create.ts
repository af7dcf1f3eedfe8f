import type { Logger } from "pino";
import { secondsAfter } from "#core/delivery/lease.ts";
import { schedule, type ScheduleContext } from "#core/delivery/schedule.ts";
import { flushMail, type MailContext } from "#core/mail/outbox.ts";

export interface SchedulerDeps {
  readonly ctx: ScheduleContext;
  readonly mail: MailContext;
  /** Time between two runs. */
  readonly intervalSeconds: number;
  readonly log: Logger;
}

/** The scheduler function: enqueues due deliveries and sends due mail. Answers how many deliveries it enqueued. */
export function createHandler({
  ctx,
  mail,
  intervalSeconds,
  log,
}: SchedulerDeps): () => Promise<{ enqueued: number }> {
  return async () => {
    const enqueued = await schedule(ctx, {
      horizonSeconds: intervalSeconds,
      // The next run starts when this one must have ended.
      stopAt: secondsAfter(ctx.now(), intervalSeconds),
    });
    await flushMail(mail).catch((error: unknown) => log.error({ error }, "mail was not sent"));
    if (enqueued > 0) log.info({ enqueued }, "enqueued due deliveries");
    return { enqueued };
  };
}
