import { sql, type Transaction } from "kysely";
import type { Tables } from "#core/db/tables.ts";
import type { Early } from "#core/delivery/claim.ts";
import { secondsAfter, type LeaseContext } from "#core/delivery/lease.ts";
import type { DeliveryMessage } from "#core/delivery/queue.ts";
import { enqueueAt } from "#core/delivery/record.ts";

/** A subscription's limits and pause, and what all function instances are sending to it at this moment. */
interface Restriction {
  readonly rate_limit_per_second: number | null;
  readonly concurrency_limit: number | null;
  readonly paused_until: Date | null;
  readonly pause_reason: "slowed" | "broken" | null;
  /** At most the concurrency limit. */
  readonly in_flight: number;
}

/** How many deliveries may start now, and when to look at the others again. */
interface Admission {
  readonly admitted: number;
  readonly retryAt: Date;
  /** The one that may start is to show whether the endpoint is back; the others wait for what it finds. */
  readonly isProbe: boolean;
}

/** How long a delivery waits for one of the places of a subscription's concurrency limit. */
const PLACE_WAIT_SECONDS = 2;
/**
 * Who is put off for longer waits in the ledger, those that wait for a probe among them. In the queue all that is owed to
 * a large customer whose endpoint is down would be in flight, of which a queue holds 120 000, and nobody's deliveries
 * would go on (docs/scale.md).
 */
export const PUT_OFF_IN_QUEUE_SECONDS_MAX = 30;

/** What a subscription's pause and concurrency limit allow of `wanted` deliveries. Its rate is asked after that. */
export function judge(
  restriction: Restriction,
  wanted: number,
  { now, leaseSeconds }: { now: Date; leaseSeconds: number },
): Admission {
  const { paused_until, pause_reason, concurrency_limit, in_flight } = restriction;
  const soon = secondsAfter(now, PLACE_WAIT_SECONDS);
  if (paused_until && paused_until > now) return { admitted: 0, retryAt: paused_until, isProbe: false };
  if (pause_reason === "broken")
    return { admitted: Math.min(wanted, 1), retryAt: secondsAfter(now, leaseSeconds), isProbe: true };
  const places = concurrency_limit === null ? wanted : Math.max(0, concurrency_limit - in_flight);
  return { admitted: Math.min(wanted, places), retryAt: soon, isProbe: false };
}

/**
 * Decides which deliveries to paused or limited subscriptions may start now, gives those to `start`, and puts the
 * others off in the ledger: those of them whose messages are to wait in the queue, and may, it returns. Each subscription is locked
 * until its deliveries have started, so that its limits hold over all function instances.
 */
export async function admit(
  ctx: LeaseContext,
  messages: readonly DeliveryMessage[],
  start: (ctx: LeaseContext, admitted: readonly DeliveryMessage[]) => Promise<void>,
): Promise<Early[]> {
  const bySubscription = Map.groupBy(messages, (message) => message.subscription_id);
  const deferred: Early[] = [];
  for (const [subscriptionId, wanting] of bySubscription) {
    await ctx.db.transaction().execute(async (tx) => {
      const now = ctx.now();
      const restriction = await lockRestriction(tx, subscriptionId, now);
      if (!restriction) return;
      const {
        admitted: places,
        retryAt,
        isProbe,
      } = judge(restriction, wanting.length, {
        now,
        leaseSeconds: ctx.leaseSeconds,
      });
      const rate = restriction.rate_limit_per_second;
      const paced = rate === null ? places : await takePermits(tx, subscriptionId, places, rate, now);
      if (paced > 0) await start({ ...ctx, db: tx }, wanting.slice(0, paced));
      if (isProbe) await pauseOthers(tx, subscriptionId, retryAt);
      // Where only the rate keeps them back, each is put off to its own turn.
      const step = rate === null || places === 0 ? 0 : 1 / rate;
      const queueEnd = secondsAfter(now, PUT_OFF_IN_QUEUE_SECONDS_MAX);
      const late = wanting.slice(paced).map((name, index): Late => {
        const dueAt = step > 0 ? secondsAfter(now, step * (index + 1)) : retryAt;
        return { name, dueAt, keptInQueue: name.mayWait && dueAt <= queueEnd };
      });
      await putOff(ctx, tx, late);
      deferred.push(...late.filter(({ keptInQueue }) => keptInQueue));
    });
  }
  return deferred;
}

async function lockRestriction(
  tx: Transaction<Tables>,
  subscriptionId: string,
  now: Date,
): Promise<Restriction | undefined> {
  await sql`select from subscription where subscription_id = ${subscriptionId} for no key update`.execute(tx);
  const { rows } = await sql<Restriction>`
    select s.rate_limit_per_second, s.concurrency_limit, h.paused_until, h.pause_reason,
      -- Counted no further than it matters: behind a limit there may be a long backlog.
      (select count(*)::int from (
        select from request_attempt a
        where a.application_id = s.application_id and a.subscription_id = s.subscription_id
          and coalesce(a.succeeded_at, a.failed_at) is null
          and a.lease_token is not null and a.enqueue_at > ${now}
        limit coalesce(s.concurrency_limit, 0)) under_way) as in_flight
    from subscription s left join subscription_health h using (subscription_id)
    where s.subscription_id = ${subscriptionId}
  `.execute(tx);
  return rows[0];
}

async function takePermits(
  tx: Transaction<Tables>,
  subscriptionId: string,
  wanted: number,
  perSecond: number,
  now: Date,
): Promise<number> {
  if (wanted === 0) return 0;
  const { rows } = await sql<{ granted: number }>`
    select granted from take_permits(${`subscription ${subscriptionId}`}, ${wanted}, ${perSecond}, ${perSecond}, ${now})
  `.execute(tx);
  return rows[0]?.granted ?? 0;
}

async function pauseOthers(tx: Transaction<Tables>, subscriptionId: string, until: Date): Promise<void> {
  await tx
    .updateTable("subscription_health")
    .set({ paused_until: until })
    .where("subscription_id", "=", subscriptionId)
    .execute();
}

interface Late extends Early {
  readonly keptInQueue: boolean;
}

/** As with a retry, the scheduler enqueues them when due, or takes their messages for lost a lease after that. */
async function putOff(ctx: LeaseContext, tx: Transaction<Tables>, late: readonly Late[]): Promise<void> {
  if (late.length === 0) return;
  await sql`
    update request_attempt a set due_at = l.due_at, enqueue_at = l.enqueue_at
    from unnest(
      ${late.map(({ name }) => name.application_id)}::uuid[],
      ${late.map(({ name }) => name.subscription_id)}::uuid[],
      ${late.map(({ name }) => name.delivery_id)}::uuid[],
      ${late.map(({ dueAt }) => dueAt)}::timestamptz[],
      ${late.map((one) => enqueueAt(ctx, one))}::timestamptz[]
    ) as l (application_id, subscription_id, delivery_id, due_at, enqueue_at)
    where a.application_id = l.application_id and a.subscription_id = l.subscription_id
      and a.delivery_id = l.delivery_id and a.succeeded_at is null and a.failed_at is null and a.lease_token is null
  `.execute(tx);
}
