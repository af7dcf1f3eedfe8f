import { sql } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { leaseEnd, type DeliveryName, type LeaseContext } from "#core/delivery/lease.ts";
import * as RequestAttempt from "#core/request-attempt.ts";
import { EventTypeName, exactly, Instant, Labels, Uuid } from "#core/schema.ts";

const Filter = exactly({
  subscription_id: v.nullish(Uuid, null),
  event_type_names: v.nullish(v.array(EventTypeName), null),
  /** Of the subscription. */
  labels: v.nullish(Labels, null),
  /** Of the death. */
  min_dead_at: v.nullish(Instant, null),
  max_dead_at: v.nullish(Instant, null),
});
type Filter = v.InferOutput<typeof Filter>;

export const RetryPost = exactly({
  application_id: Uuid,
  /** The dead letters to send again; without them, those of the filter. */
  request_attempt_ids: v.nullish(
    v.pipe(v.array(Uuid), v.maxLength(1_000, "must have at most 1000 entries")),
    null,
  ),
  filter: v.nullish(Filter, {}),
  /** Only count. */
  dry_run: v.nullish(v.boolean(), false),
});
export type RetryPost = v.InferOutput<typeof RetryPost>;

/** Dead letters that match, and how many of them are on their way again. */
export const RetryResult = v.object({ matching: v.number(), retried: v.number() });
export type RetryResult = v.InferOutput<typeof RetryResult>;

/** What one call sends again at the most; asking again goes on. */
const RETRY_MAX = 1_000;

/** A page of an application's dead letters, as their last attempts, latest first. Filters and pages as all attempts. */
export function list(ctx: Context, query: RequestAttempt.RequestAttemptQuery) {
  return RequestAttempt.list(ctx, query, { deadOnly: true });
}

/**
 * Sends dead letters again, oldest first, at most 1000 a call: each gets a new delivery and is dead no more. Those whose
 * subscription is disabled or deleted match and stay. Returns the counts and the deliveries to enqueue.
 */
export async function retry(
  ctx: LeaseContext,
  input: RetryPost,
): Promise<{ result: RetryResult; deliveries: DeliveryName[] }> {
  const now = ctx.now();
  const matches = matching(input);
  const { rows } = await sql<{ matching: number }>`
    select count(*)::int as matching from request_attempt a where ${matches}
  `.execute(ctx.db);
  const count = rows[0]?.matching ?? 0;
  if (input.dry_run || count === 0) return { result: { matching: count, retried: 0 }, deliveries: [] };
  const { rows: deliveries } = await sql<DeliveryName>`
    with chosen as (
      select a.request_attempt_id from request_attempt a
      join subscription s on s.application_id = a.application_id and s.subscription_id = a.subscription_id
      where ${matches} and s.is_enabled and s.deleted_at is null
      order by a.dead_at limit ${RETRY_MAX}
      for update of a skip locked
    ),
    revived as (
      update request_attempt a set dead_at = null from chosen c
      where a.request_attempt_id = c.request_attempt_id and a.dead_at is not null
      returning a.*, uuidv7() as next_id
    )
    insert into request_attempt (request_attempt_id, delivery_id, application_id, event_id, event_type_name,
      subscription_id, retry_count, created_at, due_at, enqueue_at)
    select next_id, next_id, application_id, event_id, event_type_name, subscription_id, 0, ${now}::timestamptz, ${now},
      ${leaseEnd(ctx, now)}
    from revived
    returning application_id, subscription_id, delivery_id
  `.execute(ctx.db);
  return { result: { matching: count, retried: deliveries.length }, deliveries };
}

function matching({ application_id, request_attempt_ids: ids, filter }: RetryPost) {
  const {
    subscription_id,
    event_type_names: names,
    labels,
    min_dead_at: min,
    max_dead_at: max,
  }: Partial<Filter> = filter ?? {};
  const conditions = [
    sql`a.application_id = ${application_id}`,
    sql`a.dead_at is not null`,
    ...(ids ? [sql`a.request_attempt_id = any (${ids}::uuid[])`] : []),
    ...(subscription_id ? [sql`a.subscription_id = ${subscription_id}`] : []),
    ...(names ? [sql`a.event_type_name = any (${names}::text[])`] : []),
    ...(labels ? [RequestAttempt.isToSubscriptionWith(application_id, labels)] : []),
    ...(min ? [sql`a.dead_at >= ${min}`] : []),
    ...(max ? [sql`a.dead_at <= ${max}`] : []),
  ];
  return sql.join(conditions, sql` and `);
}
