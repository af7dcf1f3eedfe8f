import { sql } from "kysely";
import type { Context } from "#core/context.ts";
import { leaseEnd, secondsAfter, type DeliveryName } from "#core/delivery/lease.ts";
import type { DeliveryQueue } from "#core/delivery/queue.ts";

/** Attempts taken by one statement. */
const BATCH_LENGTH = 500;

export interface ScheduleContext extends Context {
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
 * and the safety net for what a lost message or a dead function left behind. Several may run at once.
 */
export async function schedule(ctx: ScheduleContext, options: ScheduleOptions): Promise<Scheduled> {
  let enqueued = 0;
  let oldestDueAt: Date | null = null;
  while (ctx.now() < options.stopAt) {
    const now = ctx.now();
    const due = await claimDue(ctx, now, secondsAfter(now, options.horizonSeconds));
    if (due.length === 0) break;
    await ctx.queue.send(
      due.map(({ due_at, ...name }) => ({ ...name, delaySeconds: secondsUntil(due_at, now) })),
    );
    enqueued += due.length;
    for (const { due_at } of due) if (!oldestDueAt || due_at < oldestDueAt) oldestDueAt = due_at;
    if (due.length < BATCH_LENGTH) break;
  }
  return { enqueued, oldestDueAt };
}

/**
 * Takes a batch of due attempts, oldest first, under the queue's lease. The lease doubles with how long an attempt has
 * been due, up to 15 min: a queue that is far behind is not filled with copies of what it already holds.
 */
async function claimDue(
  ctx: Context,
  now: Date,
  horizon: Date,
): Promise<(DeliveryName & { due_at: Date })[]> {
  const { rows } = await sql<DeliveryName & { due_at: Date }>`
    update request_attempt set
      lease_token = null,
      enqueue_at = greatest(${leaseEnd(now)}::timestamptz, due_at + interval '1 minute',
        ${now}::timestamptz + least(2 * (${now}::timestamptz - due_at), interval '15 minutes'))
    where request_attempt_id = any (array(
      select request_attempt_id from request_attempt
      where succeeded_at is null and failed_at is null
        -- One that nobody has may be taken early; one under lease, not before the lease has run out.
        and enqueue_at <= ${horizon} and (enqueue_at <= ${now} or enqueue_at = due_at)
      order by enqueue_at
      limit ${BATCH_LENGTH}
      for update skip locked
    ))
    returning application_id, subscription_id, delivery_id, due_at
  `.execute(ctx.db);
  return rows;
}

/** When the next unfinished attempt falls to the scheduler; null when there is none. */
export async function nextEnqueueAt(ctx: Context): Promise<Date | null> {
  // Served by the index request_attempt_unfinished.
  const { rows } = await sql<{ enqueue_at: Date | null }>`
    select min(enqueue_at) as enqueue_at from request_attempt where succeeded_at is null and failed_at is null
  `.execute(ctx.db);
  return rows[0]?.enqueue_at ?? null;
}

const secondsUntil = (instant: Date, now: Date) =>
  Math.max(0, Math.ceil((instant.getTime() - now.getTime()) / 1_000));
