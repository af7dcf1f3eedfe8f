import { sql, type RawBuilder, type Transaction } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import type { Tables } from "#core/db/tables.ts";
import { Cursor } from "#core/cursor.ts";
import { Problem } from "#core/problem.ts";
import { Instant, LabelFilter, text, Uuid } from "#core/schema.ts";

const Status = v.variant("type", [
  v.object({ type: v.literal("waiting"), since: v.date(), until: v.date() }),
  v.object({ type: v.literal("pending"), since: v.date() }),
  v.object({ type: v.literal("in_progress"), since: v.date() }),
  v.object({ type: v.literal("successful"), at: v.date(), full_processing_ms: v.number() }),
  v.object({ type: v.literal("failed"), at: v.date(), full_processing_ms: v.number() }),
]);
type Status = v.InferOutput<typeof Status>;

export const RequestAttempt = v.object({
  request_attempt_id: v.string(),
  event_id: v.string(),
  event: v.object({ event_id: v.string(), event_type_name: v.string() }),
  subscription: v.object({ subscription_id: v.string(), description: v.nullable(v.string()) }),
  created_at: v.date(),
  picked_at: v.nullable(v.date()),
  failed_at: v.nullable(v.date()),
  succeeded_at: v.nullable(v.date()),
  delay_until: v.nullable(v.date()),
  response_id: v.nullable(v.string()),
  http_response_status: v.nullable(v.number()),
  retry_count: v.number(),
  status: Status,
});
export type RequestAttempt = v.InferOutput<typeof RequestAttempt>;

const PAGE_LENGTH = 50;

const StatusType = v.picklist(["waiting", "pending", "in_progress", "successful", "failed"]);
type StatusType = v.InferOutput<typeof StatusType>;

export const RequestAttemptQuery = v.object({
  application_id: Uuid,
  event_id: v.optional(Uuid),
  subscription_id: v.optional(Uuid),
  "event.event_type_names": v.optional(
    v.pipe(
      text(0, 10_000),
      v.transform((names) => names.split(",").filter((name) => name !== "")),
    ),
  ),
  /** Of the subscription. */
  label: v.optional(LabelFilter),
  min_created_at: v.optional(Instant),
  max_created_at: v.optional(Instant),
  /** Any of these, separated by commas. */
  status: v.optional(
    v.pipe(
      v.string(),
      v.transform((types) => types.split(",")),
      v.array(StatusType, "must be of waiting, pending, in_progress, successful, failed"),
    ),
  ),
  pagination_cursor: v.optional(Cursor),
});
export type RequestAttemptQuery = v.InferOutput<typeof RequestAttemptQuery>;

/**
 * A page of an application's attempts, newest first, and the cursor of the next page, or null on the last one. Ordered
 * by time and then id in one direction, so that the attempts of a fan-out, which share their time, are neither skipped
 * nor repeated at a page's edge.
 */
export async function list(
  ctx: Context,
  query: RequestAttemptQuery,
  options: { readonly deadOnly: boolean } = { deadOnly: false },
): Promise<{ attempts: RequestAttempt[]; next: Cursor | null }> {
  const { pagination_cursor: cursor, ...filter } = query;
  const names = filter["event.event_type_names"];
  let rows = selectAttempts(ctx, filter.application_id)
    .orderBy("a.created_at", "desc")
    .orderBy("a.request_attempt_id", "desc")
    .limit(PAGE_LENGTH + 1);
  if (filter.event_id) rows = rows.where("a.event_id", "=", filter.event_id);
  if (filter.subscription_id) rows = rows.where("a.subscription_id", "=", filter.subscription_id);
  if (names && names.length > 0) rows = rows.where("a.event_type_name", "in", names);
  if (filter.label) rows = rows.where(isToSubscriptionWith(filter.application_id, filter.label));
  if (filter.min_created_at) rows = rows.where("a.created_at", ">=", filter.min_created_at);
  if (filter.max_created_at) rows = rows.where("a.created_at", "<=", filter.max_created_at);
  const { status } = filter;
  if (status) rows = rows.where((eb) => eb.or(status.map((type) => hasStatus(type, ctx.now()))));
  if (options.deadOnly) rows = rows.where("a.dead_at", "is not", null);
  if (cursor) {
    rows = rows.where((eb) =>
      eb(eb.refTuple("a.created_at", "a.request_attempt_id"), "<", eb.tuple(cursor.date, cursor.id)),
    );
  }
  const found = await rows.execute();
  const page = found.slice(0, PAGE_LENGTH);
  const last = page.at(-1);
  const next =
    found.length > PAGE_LENGTH && last ? { date: last.created_at, id: last.request_attempt_id } : null;
  return { attempts: page.map((row) => present(row, ctx.now())), next };
}

/** Found first and as an array, so that the attempts are read by the index of their subscriptions. */
export function isToSubscriptionWith(applicationId: string, labels: Record<string, string>) {
  return sql<boolean>`a.subscription_id = any (array(
    select subscription_id from subscription
    where application_id = ${applicationId} and labels @> ${JSON.stringify(labels)}::jsonb
  ))`;
}

/** Throws NotFound. */
export async function get(ctx: Context, applicationId: string, attemptId: string): Promise<RequestAttempt> {
  const row = await selectAttempts(ctx, applicationId)
    .where("a.request_attempt_id", "=", attemptId)
    .executeTakeFirst();
  if (!row) throw new Problem("NotFound");
  return present(row, ctx.now());
}

function selectAttempts(ctx: Context, applicationId: string) {
  return ctx.db
    .selectFrom("request_attempt as a")
    .leftJoin("subscription as s", (join) =>
      join
        .onRef("s.subscription_id", "=", "a.subscription_id")
        .onRef("s.application_id", "=", "a.application_id"),
    )
    .where("a.application_id", "=", applicationId)
    .select([
      "a.request_attempt_id",
      "a.event_id",
      "a.event_type_name",
      "a.subscription_id",
      "s.description",
      "a.created_at",
      "a.due_at",
      "a.lease_token",
      "a.picked_at",
      "a.failed_at",
      "a.succeeded_at",
      "a.response_status",
      "a.retry_count",
      sql<boolean>`a.response_elapsed_ms is not null`.as("has_response"),
    ]);
}

type Row = Awaited<ReturnType<ReturnType<typeof selectAttempts>["executeTakeFirstOrThrow"]>>;

function present(row: Row, now: Date): RequestAttempt {
  return {
    request_attempt_id: row.request_attempt_id,
    event_id: row.event_id,
    event: { event_id: row.event_id, event_type_name: row.event_type_name },
    subscription: { subscription_id: row.subscription_id, description: row.description },
    created_at: row.created_at,
    picked_at: row.picked_at,
    failed_at: row.failed_at,
    succeeded_at: row.succeeded_at,
    delay_until: row.due_at > row.created_at ? row.due_at : null,
    // A response is part of its attempt's row, and so has its id.
    response_id: row.has_response ? row.request_attempt_id : null,
    http_response_status: row.response_status,
    retry_count: row.retry_count,
    status: statusOf(row, now),
  };
}

/** The same rules as `statusOf`, for the ledger. */
function hasStatus(type: StatusType, now: Date): RawBuilder<boolean> {
  const open = sql`coalesce(a.succeeded_at, a.failed_at) is null`;
  const isClaimed = sql`(a.lease_token is not null and a.picked_at is not null)`;
  switch (type) {
    case "failed":
      return sql`(a.failed_at is not null)`;
    case "successful":
      return sql`(a.succeeded_at is not null)`;
    case "in_progress":
      return sql`(${open} and ${isClaimed})`;
    case "waiting":
      return sql`(${open} and not ${isClaimed} and a.due_at > ${now})`;
    case "pending":
      return sql`(${open} and not ${isClaimed} and a.due_at <= ${now})`;
  }
}

/** Precedence: failed, successful, in progress, waiting, pending (Hook0 1.4). */
function statusOf(
  row: Pick<Row, "created_at" | "due_at" | "picked_at" | "lease_token" | "failed_at" | "succeeded_at">,
  now: Date,
): Status {
  const full_processing_ms = (at: Date) => at.getTime() - row.due_at.getTime();
  if (row.failed_at) {
    return { type: "failed", at: row.failed_at, full_processing_ms: full_processing_ms(row.failed_at) };
  }
  if (row.succeeded_at) {
    return {
      type: "successful",
      at: row.succeeded_at,
      full_processing_ms: full_processing_ms(row.succeeded_at),
    };
  }
  if (row.lease_token && row.picked_at) return { type: "in_progress", since: row.picked_at };
  if (row.due_at > now) return { type: "waiting", since: row.created_at, until: row.due_at };
  return { type: "pending", since: row.due_at };
}

/**
 * Ends the open attempts of an application or of one of its subscriptions as failed. Those under a delivery function's
 * lease are left to it: the endpoint may have answered already, and what it answered is recorded.
 */
export async function abandonAttempts(
  tx: Transaction<Tables>,
  of: { applicationId: string; subscriptionId?: string },
  now: Date,
): Promise<void> {
  let attempts = tx
    .updateTable("request_attempt")
    .set({ failed_at: now, dead_at: now, died_at: now, lease_token: null })
    .where("application_id", "=", of.applicationId)
    .where((eb) => eb(eb.fn.coalesce("succeeded_at", "failed_at"), "is", null))
    .where((eb) => eb.or([eb("lease_token", "is", null), eb("enqueue_at", "<=", now)]));
  if (of.subscriptionId) attempts = attempts.where("subscription_id", "=", of.subscriptionId);
  await attempts.execute();
}
