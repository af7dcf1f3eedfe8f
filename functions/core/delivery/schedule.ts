import { sql } from "kysely";
import { leaseEnd, secondsAfter, type DeliveryName, type LeaseContext } from "#core/delivery/lease.ts";
import type { DeliveryQueue } from "#core/delivery/queue.ts";

interface Due extends DeliveryName {
  readonly request_attempt_id: string;
  readonly due_at: Date;
}

/** Attempts taken by one statement. */
const BATCH_LENGTH = 500;

export interface ScheduleContext extends LeaseContext {
  readonly queue: DeliveryQueue;
}

export interface ScheduleOptions {
  /** Attempts due within this time are enqueued now, to appear when due: the time until the next run. */
  readonly horizonSeconds: number;
  /** When to stop although there is more: the next run goes on. */
  readonly stopAt: Date;
}

/** What one run did. */
export interface Scheduled {
  readonly enqueued: number;
  /** Since when the oldest of them was due, which tells how late deliveries are; null when there was none. */
  readonly oldestDueAt: Date | null;
}

/**
 * Enqueues every unfinished attempt that is due, or will be before the next run, and that nobody has: the retry clock,
 * and the safety net for what a lost message or a dead function left behind. Several may run at once. Throws when the
 * queue cannot be reached, and then leaves what it had taken to the next run.
 */
export async function schedule(ctx: ScheduleContext, options: ScheduleOptions): Promise<Scheduled> {
  let enqueued = 0;
  let oldestDueAt: Date | null = null;
  while (ctx.now() < options.stopAt) {
    const now = ctx.now();
    const due = await claimDue(ctx, now, secondsAfter(now, options.horizonSeconds));
    if (due.length === 0) break;
    try {
      await ctx.queue.send(due.map((attempt) => toQueued(attempt, now)));
    } catch (error) {
      await release(ctx, due);
      throw error;
    }
    enqueued += due.length;
    for (const { due_at } of due) if (!oldestDueAt || due_at < oldestDueAt) oldestDueAt = due_at;
    if (due.length < BATCH_LENGTH) break;
  }
  return { enqueued, oldestDueAt };
}

/**
 * Takes a batch of due attempts, oldest first, under the queue's lease. The lease is as long as an attempt has been
 * due, up to 15 min: a queue that is far behind is not filled with copies of what it already holds.
 */
async function claimDue(ctx: LeaseContext, now: Date, horizon: Date): Promise<Due[]> {
  const { rows } = await sql<Due>`
    update request_attempt set
      lease_token = null,
      enqueue_at = greatest(${leaseEnd(ctx, now)}::timestamptz, due_at + make_interval(secs => ${ctx.leaseSeconds}),
        ${now}::timestamptz + least(${now}::timestamptz - due_at, interval '15 minutes'))
    where request_attempt_id = any (array(
      select request_attempt_id from request_attempt
      where coalesce(succeeded_at, failed_at) is null
        -- One that nobody has may be taken early; one under lease, not before the lease has run out.
        and enqueue_at <= ${horizon} and (enqueue_at <= ${now} or enqueue_at = due_at)
      order by enqueue_at
      limit ${BATCH_LENGTH}
      for update skip locked
    ))
    returning request_attempt_id, application_id, subscription_id, delivery_id, due_at
  `.execute(ctx.db);
  return rows;
}

/** Gives up the queue's lease of attempts that did not get there, unless a delivery function has taken them since. */
async function release(ctx: LeaseContext, attempts: readonly Due[]): Promise<void> {
  await sql`
    update request_attempt set enqueue_at = due_at
    where request_attempt_id = any (${attempts.map((attempt) => attempt.request_attempt_id)}::uuid[])
      and lease_token is null and succeeded_at is null and failed_at is null
  `.execute(ctx.db);
}

const toQueued = ({ application_id, subscription_id, delivery_id, due_at }: Due, now: Date) => ({
  application_id,
  subscription_id,
  delivery_id,
  delaySeconds: secondsUntil(due_at, now),
});

/** When the next unfinished attempt falls to the scheduler; null when there is none. */
export async function nextEnqueueAt(ctx: LeaseContext): Promise<Date | null> {
  // Served by the index request_attempt_unfinished.
  const { rows } = await sql<{ enqueue_at: Date | null }>`
    select min(enqueue_at) as enqueue_at from request_attempt where coalesce(succeeded_at, failed_at) is null
  `.execute(ctx.db);
  return rows[0]?.enqueue_at ?? null;
}

const secondsUntil = (instant: Date, now: Date) =>
  Math.max(0, Math.ceil((instant.getTime() - now.getTime()) / 1_000));
