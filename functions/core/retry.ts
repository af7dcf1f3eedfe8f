import { sql } from "kysely";
import { leaseEnd, type DeliveryName, type LeaseContext } from "#core/delivery/lease.ts";
import { Problem } from "#core/problem.ts";
import { get, type RequestAttempt } from "#core/request-attempt.ts";

/** The attempt that is to come, and its delivery when that is to be enqueued. */
interface Retried {
  readonly attempt: RequestAttempt;
  readonly deliveries: readonly DeliveryName[];
}

/**
 * Makes a fresh attempt of the delivery that this attempt belongs to, now, whatever came of it. A delivery has one open
 * attempt at the most: one that waits is brought forward, and one in progress is left alone, so that asking twice sends
 * once. Throws NotFound, also when the subscription is disabled or deleted: nothing would be sent.
 */
export async function retry(ctx: LeaseContext, applicationId: string, attemptId: string): Promise<Retried> {
  const now = ctx.now();
  const { rows } = await sql<{ request_attempt_id: string; subscription_id: string; delivery_id: string }>`
    with origin as (
      select a.application_id, a.subscription_id, a.delivery_id, a.event_id, a.event_type_name
      from request_attempt a
      join subscription s on s.application_id = a.application_id and s.subscription_id = a.subscription_id
      where a.application_id = ${applicationId} and a.request_attempt_id = ${attemptId}
        and s.is_enabled and s.deleted_at is null
    ),
    open as (
      select r.request_attempt_id from origin o join request_attempt r using (application_id, subscription_id, delivery_id)
      where r.succeeded_at is null and r.failed_at is null
    ),
    hastened as (
      update request_attempt set lease_token = null, due_at = least(due_at, ${now}::timestamptz), enqueue_at = ${leaseEnd(ctx, now)}
      where request_attempt_id in (select request_attempt_id from open)
        and (lease_token is null or enqueue_at <= ${now}) and succeeded_at is null and failed_at is null
      returning request_attempt_id
    ),
    revived as (
      -- What is sent again is dead no more.
      update request_attempt a set dead_at = null from origin o
      where a.application_id = o.application_id and a.subscription_id = o.subscription_id
        and a.delivery_id = o.delivery_id and a.dead_at is not null
    ),
    fresh as (
      insert into request_attempt (delivery_id, application_id, event_id, event_type_name, subscription_id,
        retry_count, created_at, due_at, enqueue_at)
      select delivery_id, application_id, event_id, event_type_name, subscription_id, 0, ${now}::timestamptz, ${now},
        ${leaseEnd(ctx, now)}
      from origin where not exists (select from open)
      on conflict do nothing
      returning request_attempt_id
    )
    select coalesce(
        (select request_attempt_id from fresh), (select request_attempt_id from hastened)
      ) as request_attempt_id, subscription_id, delivery_id
    from origin
  `.execute(ctx.db);
  const [origin] = rows;
  if (!origin) throw new Problem("NotFound", "No such attempt of a subscription that is enabled.");
  const { request_attempt_id, subscription_id, delivery_id } = origin;
  return {
    attempt: await get(ctx, applicationId, request_attempt_id ?? attemptId),
    deliveries: request_attempt_id ? [{ application_id: applicationId, subscription_id, delivery_id }] : [],
  };
}
