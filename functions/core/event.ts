import { sql } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { Cursor } from "#core/cursor.ts";
import { leaseEnd, type DeliveryName, type LeaseContext } from "#core/delivery/lease.ts";
import { Finding } from "#core/payload-schema/validator.ts";
import { Problem } from "#core/problem.ts";
import { Instant, LabelFilter, Uuid } from "#core/schema.ts";

const StringMap = v.record(v.string(), v.string());

export const Event = v.object({
  event_id: v.string(),
  event_type_name: v.string(),
  payload_content_type: v.string(),
  ip: v.string(),
  metadata: v.nullable(StringMap),
  occurred_at: v.date(),
  received_at: v.date(),
  labels: StringMap,
});
export type Event = v.InferOutput<typeof Event>;

/** `payload` is base64, whatever the content type (Hook0 13.4). */
export const EventWithPayload = v.object({
  ...Event.entries,
  payload: v.string(),
  /** Of the type's schema that judged the payload; null when none did. */
  schema_version: v.nullable(v.number()),
  /** How the payload breaks that schema; null when it does not. */
  schema_warnings: v.nullable(v.array(Finding)),
});
export type EventWithPayload = v.InferOutput<typeof EventWithPayload>;

/** Hook0 lists the newest hundred. */
const PAGE_LENGTH = 100;

export const EventQuery = v.object({
  application_id: Uuid,
  event_type_names: v.optional(
    v.pipe(
      v.string(),
      v.transform((names) => names.split(",").filter((name) => name !== "")),
    ),
  ),
  label: v.optional(LabelFilter),
  min_received_at: v.optional(Instant),
  max_received_at: v.optional(Instant),
  pagination_cursor: v.optional(Cursor),
});
export type EventQuery = v.InferOutput<typeof EventQuery>;

const columns = [
  "event_id",
  "event_type_name",
  "payload_content_type",
  "ip",
  "metadata",
  "occurred_at",
  "received_at",
  "labels",
] as const;

/** A page of an application's events, newest first, without payloads, and the cursor of the next page if there is one. */
export async function list(
  ctx: Context,
  query: EventQuery,
): Promise<{ events: Event[]; next: Cursor | null }> {
  const { event_type_names: names, label, pagination_cursor: cursor } = query;
  let rows = ctx.db
    .selectFrom("event")
    .where("application_id", "=", query.application_id)
    .orderBy("received_at", "desc")
    .orderBy("event_id", "desc")
    .limit(PAGE_LENGTH + 1)
    .select(columns);
  if (names && names.length > 0) rows = rows.where("event_type_name", "in", names);
  if (label) rows = rows.where(sql<boolean>`labels @> ${JSON.stringify(label)}::jsonb`);
  if (query.min_received_at) rows = rows.where("received_at", ">=", query.min_received_at);
  if (query.max_received_at) rows = rows.where("received_at", "<=", query.max_received_at);
  if (cursor) {
    rows = rows.where((eb) =>
      eb(eb.refTuple("received_at", "event_id"), "<", eb.tuple(cursor.date, cursor.id)),
    );
  }
  const found = await rows.execute();
  const events = found.slice(0, PAGE_LENGTH);
  const last = events.at(-1);
  const next = found.length > PAGE_LENGTH && last ? { date: last.received_at, id: last.event_id } : null;
  return { events, next };
}

/** Throws NotFound. */
export async function get(ctx: Context, applicationId: string, eventId: string): Promise<EventWithPayload> {
  const row = await ctx.db
    .selectFrom("event")
    .where("application_id", "=", applicationId)
    .where("event_id", "=", eventId)
    .select([...columns, "payload", "schema_version", "schema_findings as schema_warnings"])
    .executeTakeFirst();
  if (!row) throw new Problem("NotFound");
  return { ...row, payload: row.payload.toString("base64") };
}

/**
 * Sends an event again to every subscription that matches it now, those that already have it included (Hook0 2.5).
 * Returns the deliveries to enqueue. Throws NotFound.
 */
export async function replay(
  ctx: LeaseContext,
  applicationId: string,
  eventId: string,
): Promise<DeliveryName[]> {
  const now = ctx.now();
  const { rows } = await sql<{ delivery_id: string | null; subscription_id: string }>`
    with source as (
      select * from event where application_id = ${applicationId} and event_id = ${eventId}
    ),
    fan_out as materialized (
      select uuidv7() as id, source.*, m.subscription_id
      from source cross join lateral matching_subscriptions(application_id, event_type_name, labels, true) m
    ),
    attempts as (
      insert into request_attempt (request_attempt_id, delivery_id, application_id, event_id, event_type_name,
        subscription_id, retry_count, created_at, due_at, enqueue_at)
      select id, id, application_id, event_id, event_type_name, subscription_id, 0, ${now}::timestamptz, ${now},
        ${leaseEnd(ctx, now)}
      from fan_out
    )
    select f.id as delivery_id, f.subscription_id from source left join fan_out f on true
  `.execute(ctx.db);
  if (rows.length === 0) throw new Problem("NotFound");
  return rows.flatMap(({ delivery_id, subscription_id }) =>
    delivery_id ? [{ application_id: applicationId, subscription_id, delivery_id }] : [],
  );
}
