import { sql, type Transaction } from "kysely";
import type { Tables } from "#core/db/tables.ts";
import { leaseEnd, type DeliveryName, type LeaseContext } from "#core/delivery/lease.ts";

/** First part of the names of the events that Columba itself sends. */
export const OPERATIONAL_SERVICE = "columba";

export type OperationalEventType =
  | "columba.subscription.disabled"
  | "columba.subscription.recovered"
  | "columba.delivery.dead";

/**
 * Sends an operational event to the application, like any other: to its subscriptions to this event type that ask for
 * no label but `source=columba`, `subscription_id=…`. An application that has not created the event type gets none.
 * Returns the deliveries, to be enqueued once this has committed.
 */
export async function emit(
  ctx: LeaseContext,
  tx: Transaction<Tables>,
  applicationId: string,
  type: OperationalEventType,
  payload: Readonly<Record<string, string>> & { readonly subscription_id: string },
): Promise<DeliveryName[]> {
  const now = ctx.now();
  const labels = JSON.stringify({ source: OPERATIONAL_SERVICE, subscription_id: payload.subscription_id });
  const body = Buffer.from(JSON.stringify({ type, timestamp: now.toISOString(), data: payload }));
  const { rows } = await sql<DeliveryName>`
    with event as (
      insert into event (application_id, event_id, event_type_name, payload, payload_content_type, ip, metadata, labels,
        occurred_at, received_at)
      select application_id, uuidv7(), event_type_name, ${body}, 'application/json', '127.0.0.1', '{}', ${labels}::jsonb,
        ${now}, ${now}
      from event_type
      where application_id = ${applicationId} and event_type_name = ${type} and deactivated_at is null
      returning *
    ),
    fan_out as materialized (
      select uuidv7() as id, event.application_id, event.event_id, event.event_type_name, m.subscription_id
      from event cross join lateral matching_subscriptions(application_id, event_type_name, labels, true) m
    )
    insert into request_attempt (request_attempt_id, delivery_id, application_id, event_id, event_type_name,
      subscription_id, retry_count, created_at, due_at, enqueue_at)
    select id, id, application_id, event_id, event_type_name, subscription_id, 0, ${now}::timestamptz, ${now},
      ${leaseEnd(ctx, now)}
    from fan_out
    returning application_id, subscription_id, delivery_id
  `.execute(tx);
  return rows;
}
