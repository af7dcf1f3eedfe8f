import { sql } from "kysely";
import { leaseEnd, secondsAfter, type DeliveryName, type LeaseContext } from "#core/delivery/lease.ts";
import type { Outgoing } from "#core/delivery/send.ts";

/** An attempt this function holds, with all it needs to be sent. */
export interface Claimed extends Outgoing {
  readonly name: DeliveryName;
  readonly request_attempt_id: string;
  readonly retry_count: number;
  /** False when the subscription or its application is gone or disabled: it is to end without being sent. */
  readonly is_live: boolean;
}

export interface Claim {
  readonly attempts: readonly Claimed[];
  /** Open, but not due yet, with the instant at which they are. Their messages came early. */
  readonly early: readonly { readonly name: DeliveryName; readonly dueAt: Date }[];
}

/** How much of a lease must be left for it to be enough. */
const LEASE_SHARE_MIN = 2 / 3;

type Row = DeliveryName & { due_at: Date } & (
    | ({ request_attempt_id: string; retry_count: number; is_live: boolean } & Outgoing)
    | { request_attempt_id: null }
  );

/**
 * Takes the open, due and unleased attempts of these deliveries under a fresh lease and loads payloads, targets and
 * secrets, in one statement. What another function holds, and what is finished, is left out: its message is spent.
 * Asked again with the same token, because the first answer was lost, it answers the same attempts.
 */
export async function claim(
  ctx: LeaseContext,
  leaseToken: string,
  names: readonly DeliveryName[],
): Promise<Claim> {
  const now = ctx.now();
  const { rows } = await sql<Row>`
    with named as (
      select distinct * from unnest(
        ${names.map((name) => name.application_id)}::uuid[],
        ${names.map((name) => name.subscription_id)}::uuid[],
        ${names.map((name) => name.delivery_id)}::uuid[]
      ) as n (application_id, subscription_id, delivery_id)
    ),
    open as materialized (
      select a.request_attempt_id, a.application_id, a.subscription_id, a.delivery_id, a.due_at, a.lease_token,
        a.enqueue_at
      from named n join request_attempt a using (application_id, subscription_id, delivery_id)
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
        where r.request_attempt_id in (select o.request_attempt_id from open o)
          and r.succeeded_at is null and r.failed_at is null and r.due_at <= ${now}
          and (r.lease_token is null or r.lease_token = ${leaseToken} or r.enqueue_at <= ${now})
        for update skip locked
      ))
      returning *
    )
    select o.application_id, o.subscription_id, o.delivery_id, o.due_at,
      c.request_attempt_id, c.retry_count, c.event_id, c.event_type_name,
      e.payload, e.payload_content_type,
      s.secret, s.target_method, s.target_url, s.target_headers,
      e.event_id is not null and s.is_enabled and s.deleted_at is null and a.deleted_at is null as is_live
    from open o
    left join claimed c using (request_attempt_id)
    left join event e on e.application_id = c.application_id and e.event_id = c.event_id
    left join subscription s on s.application_id = c.application_id and s.subscription_id = c.subscription_id
    left join application a on a.application_id = c.application_id
  `.execute(ctx.db);

  const attempts: Claimed[] = [];
  const early: { name: DeliveryName; dueAt: Date }[] = [];
  for (const { application_id, subscription_id, delivery_id, ...row } of rows) {
    const name = { application_id, subscription_id, delivery_id };
    if (row.request_attempt_id !== null) attempts.push({ name, ...row });
    else if (row.due_at > now) early.push({ name, dueAt: row.due_at });
  }
  return { attempts, early };
}
