import { sql } from "kysely";
import { admit } from "#core/delivery/admission.ts";
import { leaseEnd, secondsAfter, type DeliveryName, type LeaseContext } from "#core/delivery/lease.ts";
import type { RetryPolicy } from "#core/delivery/retry-policy.ts";
import type { Outgoing } from "#core/delivery/send.ts";
import { signingOfSubscription } from "#core/delivery/signing.ts";

/** An attempt this function holds, with all it needs to be sent. */
export interface Claimed extends Outgoing {
  readonly name: DeliveryName;
  readonly request_attempt_id: string;
  readonly retry_count: number;
  /** When the delivery's first attempt was made. */
  readonly first_at: Date;
  readonly retry_policy: RetryPolicy | null;
  /** Whether the endpoint's last answers were failures. */
  readonly is_failing: boolean;
  /** False when the subscription or its application is gone or disabled: it is to end without being sent. */
  readonly is_live: boolean;
}

export interface Claim {
  readonly attempts: readonly Claimed[];
  /** Open, but not to be sent yet, with the instant from which they are. Their messages came early. */
  readonly early: readonly Early[];
}

/** How much of a lease must be left for it to be enough. */
const LEASE_SHARE_MIN = 2 / 3;

export interface Early {
  readonly name: DeliveryName;
  readonly dueAt: Date;
}

/**
 * Takes the open, due and unleased attempts of these deliveries under a fresh lease and loads payloads, targets and
 * secrets, in one statement. What another function holds, and what is finished, is left out: its message is spent.
 * Attempts for a subscription that is paused or has limits of its own take one more step, which counts what all
 * function instances send to it. Asked again with the same token, because the first answer was lost, it answers the
 * same attempts.
 */
export async function claim(
  ctx: LeaseContext,
  leaseToken: string,
  names: readonly DeliveryName[],
): Promise<Claim> {
  const free = await take(ctx, leaseToken, names, false);
  if (free.restricted.length === 0) return free;
  const attempts = [...free.attempts];
  const deferred = await admit(ctx, free.restricted, async (inLock, admitted) => {
    attempts.push(...(await take(inLock, leaseToken, admitted, true)).attempts);
  });
  return { attempts, early: [...free.early, ...deferred] };
}

interface Taken {
  readonly attempts: Claimed[];
  readonly early: Early[];
  /** Due, and not taken because the subscription is paused or limited. */
  readonly restricted: DeliveryName[];
}

type Row = DeliveryName & { due_at: Date; is_restricted: boolean } & (
    | Omit<Claimed, "name">
    | { request_attempt_id: null }
  );

async function take(
  ctx: LeaseContext,
  leaseToken: string,
  names: readonly DeliveryName[],
  isAdmitted: boolean,
): Promise<Taken> {
  const now = ctx.now();
  const { rows } = await sql<Row>`/* prepare: claim_attempts */
    with named as (
      select distinct * from unnest(
        ${names.map((name) => name.application_id)}::uuid[],
        ${names.map((name) => name.subscription_id)}::uuid[],
        ${names.map((name) => name.delivery_id)}::uuid[]
      ) as n (application_id, subscription_id, delivery_id)
    ),
    open as materialized (
      select a.request_attempt_id, a.application_id, a.subscription_id, a.delivery_id, a.due_at,
        a.due_at <= ${now} and (a.lease_token is null or a.enqueue_at <= ${now})
          and not ${isAdmitted}::boolean and s.is_enabled and s.deleted_at is null
          and (s.rate_limit_per_second is not null or s.concurrency_limit is not null or h.paused_until is not null)
          as is_restricted,
        s.is_enabled and s.deleted_at is null and p.deleted_at is null as is_live,
        s.secret, ${signingOfSubscription} as signing,
        case when s.forward_trace_context then (
          select jsonb_build_object('traceparent', t.traceparent, 'tracestate', t.tracestate) from event_trace t
          where t.application_id = a.application_id and t.event_id = a.event_id
        ) end as trace,
        s.target_method, s.target_url, s.target_headers, s.retry_policy, s.timeout_seconds,
        coalesce(h.failures, 0) > 0 as is_failing
      from named n
      join request_attempt a using (application_id, subscription_id, delivery_id)
      left join subscription s on s.application_id = a.application_id and s.subscription_id = a.subscription_id
      left join subscription_health h on h.subscription_id = s.subscription_id
      left join application p on p.application_id = a.application_id
      where a.succeeded_at is null and a.failed_at is null
    ),
    claimed as (
      update request_attempt set
        lease_token = ${leaseToken}, picked_at = ${now},
        -- Left as it is while it is about a lease: an update that changes no indexed column is cheaper (HOT). The longer
        -- one of a message that waited in the queue ends here: it would strand the attempt if this function died.
        enqueue_at = case when enqueue_at between ${secondsAfter(now, ctx.leaseSeconds * LEASE_SHARE_MIN)}::timestamptz
          and ${leaseEnd(ctx, now)} then enqueue_at else ${leaseEnd(ctx, now)} end
      where request_attempt_id = any (array(
        select r.request_attempt_id from request_attempt r
        where r.request_attempt_id in (select o.request_attempt_id from open o where o.is_restricted is not true)
          and r.succeeded_at is null and r.failed_at is null and r.due_at <= ${now}
          and (r.lease_token is null or r.lease_token = ${leaseToken} or r.enqueue_at <= ${now})
        for update skip locked
      ))
      returning *
    )
    select o.*, c.request_attempt_id, c.retry_count, c.event_id, c.event_type_name,
      case when c.retry_count = 0 then c.created_at else f.created_at end as first_at,
      e.payload, e.payload_content_type, e.event_id is not null and o.is_live as is_live
    from open o
    left join claimed c using (request_attempt_id)
    left join request_attempt f on c.retry_count > 0 and f.request_attempt_id = c.delivery_id
    left join event e on e.application_id = c.application_id and e.event_id = c.event_id
  `.execute(ctx.db);

  const taken: Taken = { attempts: [], early: [], restricted: [] };
  for (const { application_id, subscription_id, delivery_id, ...row } of rows) {
    const name = { application_id, subscription_id, delivery_id };
    if (row.request_attempt_id !== null) taken.attempts.push({ name, ...row });
    else if (row.is_restricted) taken.restricted.push(name);
    else if (row.due_at > now) taken.early.push({ name, dueAt: row.due_at });
  }
  return taken;
}
