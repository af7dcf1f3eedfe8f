import { sql } from "kysely";
import { leaseEnd, type LeaseContext } from "#core/delivery/lease.ts";
import type { Answer } from "#core/delivery/send.ts";

/** What is to be written of one attempt. */
export interface Outcome {
  readonly request_attempt_id: string;
  /** Null when nothing was sent, because the subscription is gone. */
  readonly answer: Answer | null;
  /** Null when there is to be no further attempt. */
  readonly next: NextAttempt | null;
}

export interface NextAttempt {
  readonly dueAt: Date;
  /** Whether the message that carried this attempt waits in the queue for the next, or the ledger wakes it. */
  readonly keptInQueue: boolean;
}

/** By id, the attempts that are on record. */
export type Recorded = ReadonlyMap<string, { readonly isDead: boolean }>;

/**
 * When the scheduler is to enqueue an attempt, unless someone else has ended it by then. A message that is kept is to
 * come back when it is due, and is taken for lost a lease later.
 */
export const enqueueAt = (ctx: LeaseContext, { dueAt, keptInQueue }: NextAttempt): Date =>
  keptInQueue ? leaseEnd(ctx, dueAt) : dueAt;

/**
 * Ends the attempts and makes those that follow, in one statement. Only what this lease still holds is written: a
 * function that comes late, after its lease has run out and another has taken over, changes nothing. No attempt follows
 * for a subscription that has been disabled or deleted meanwhile. A failure that nothing follows makes the delivery a
 * dead letter. Returns the attempts recorded under this lease, those of an earlier call included whose
 * answer was lost, and whether each ended its delivery as dead.
 */
export async function record(
  ctx: LeaseContext,
  leaseToken: string,
  outcomes: readonly Outcome[],
): Promise<Recorded> {
  const now = ctx.now();
  const bodies = outcomes.map(({ answer }) => answer?.body ?? null);
  const rows = outcomes.map(({ request_attempt_id, answer, next }) => ({
    request_attempt_id,
    succeeded: answer !== null && answer.errorName === null,
    error_name: answer?.errorName ?? null,
    status: answer?.status ?? null,
    headers: answer?.headers ?? null,
    elapsed_ms: answer?.elapsedMs ?? null,
    next_due_at: next?.dueAt ?? null,
    next_enqueue_at: next && enqueueAt(ctx, next),
  }));
  const recorded = await sql<{ request_attempt_id: string; is_dead: boolean }>`/* prepare: record_outcomes */
    with outcome as (
      select * from rows from (
        jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as (
          request_attempt_id uuid, succeeded boolean, error_name text, status smallint, headers jsonb,
          elapsed_ms integer, next_due_at timestamptz, next_enqueue_at timestamptz
        ),
        unnest(${bodies}::bytea[])
      ) as o (request_attempt_id, succeeded, error_name, status, headers, elapsed_ms, next_due_at, next_enqueue_at, body)
    ),
    live as (
      select o.request_attempt_id,
        coalesce(s.is_enabled and s.deleted_at is null and p.deleted_at is null, false) as is_live
      from outcome o
      join request_attempt a using (request_attempt_id)
      left join subscription s on s.application_id = a.application_id and s.subscription_id = a.subscription_id
      left join application p on p.application_id = a.application_id
    ),
    finished as (
      update request_attempt a set
        succeeded_at = case when o.succeeded then ${now}::timestamptz end,
        failed_at = case when not o.succeeded then ${now}::timestamptz end,
        dead_at = e.died_at, died_at = e.died_at,
        response_error_name = o.error_name, response_status = o.status, response_headers = o.headers,
        response_body = o.body, response_elapsed_ms = o.elapsed_ms
      from outcome o join live l using (request_attempt_id)
      cross join lateral (
        select case when not o.succeeded and not (o.next_due_at is not null and l.is_live) then ${now}::timestamptz end
          as died_at
      ) e
      where a.request_attempt_id = o.request_attempt_id and a.lease_token = ${leaseToken}
        and a.succeeded_at is null and a.failed_at is null
      returning a.*, o.next_due_at, o.next_enqueue_at
    ),
    next as (
      insert into request_attempt (delivery_id, application_id, event_id, event_type_name, subscription_id,
        retry_count, created_at, due_at, enqueue_at)
      select f.delivery_id, f.application_id, f.event_id, f.event_type_name, f.subscription_id,
        f.retry_count + 1, ${now}, f.next_due_at, f.next_enqueue_at
      from finished f
      where f.succeeded_at is null and f.dead_at is null
    )
    select request_attempt_id, dead_at is not null as is_dead from finished
    union all
    select a.request_attempt_id, a.dead_at is not null from outcome o join request_attempt a using (request_attempt_id)
    where a.lease_token = ${leaseToken} and (a.succeeded_at is not null or a.failed_at is not null)
  `.execute(ctx.db);
  return new Map(recorded.rows.map((row) => [row.request_attempt_id, { isDead: row.is_dead }]));
}
