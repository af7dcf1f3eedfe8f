import { sql, type RawBuilder } from "kysely";
import * as v from "valibot";
import type { Credential } from "#core/auth/caller.ts";
import { leaseEnd, type DeliveryName, type LeaseContext } from "#core/delivery/lease.ts";
import { payloadProblem } from "#core/payload-schema/payload-problem.ts";
import type { Finding } from "#core/payload-schema/validator.ts";
import { Problem, type ProblemId } from "#core/problem.ts";
import type { QuotaUse } from "#core/quota-notice.ts";
import type { QuotaContext } from "#core/quota.ts";
import type { TraceContext } from "#core/trace-context.ts";
import { EventTypeName, Instant, Labels, Metadata, Uuid } from "#core/schema.ts";

/** 512 KiB in base64 (Hook0 2.1). Counted in characters for every content type. */
const PAYLOAD_CHARACTERS_MAX = 699_050;

export const PAYLOAD_CONTENT_TYPES = [
  "text/plain",
  "application/json",
  "application/octet-stream+base64",
] as const;

export const EventPost = v.object({
  application_id: Uuid,
  event_id: v.nullish(Uuid, null),
  event_type: EventTypeName,
  payload: v.pipe(
    v.string(),
    v.maxLength(PAYLOAD_CHARACTERS_MAX, `must be at most ${PAYLOAD_CHARACTERS_MAX} characters long`),
    v.check((payload) => payload.isWellFormed(), "must be valid Unicode"),
  ),
  payload_content_type: v.string(),
  metadata: v.nullish(Metadata, {}),
  occurred_at: Instant,
  labels: Labels,
});
export type EventPost = v.InferOutput<typeof EventPost>;

export const IngestedEvent = v.object({
  application_id: v.string(),
  event_id: v.string(),
  received_at: v.date(),
});
export type IngestedEvent = v.InferOutput<typeof IngestedEvent>;

/** An event to be stored, with the bearer it came from: the same statement checks that it is not revoked. */
export interface IngestItem {
  readonly event: EventPost;
  readonly ip: string;
  readonly credential: Credential;
  /** Left out for what no schema is known for. */
  readonly judgement?: Judgement;
  readonly trace?: TraceContext | null | undefined;
}

/** What the schema of an event's type says of its payload. */
interface Judgement {
  readonly mode: "warn" | "enforce";
  readonly version: number;
  readonly findings: readonly Finding[];
}

/** What became of one event. */
export interface Ingested {
  /** What was stored, or the problem that refused it. */
  readonly result: IngestedEvent | Problem;
  /** To be enqueued now that they are committed. */
  readonly deliveries: readonly DeliveryName[];
  /** Null when quotas are not enforced, or the event was refused for another reason. */
  readonly quotaUse: QuotaUse | null;
  /** It was judged by another schema than the one in force: nothing was stored. */
  readonly isSchemaChanged: boolean;
}

interface Row {
  readonly problem: ProblemId | "SchemaChanged" | null;
  readonly event_id: string;
  /** Separated by commas, in the order of `subscription_ids`: parsing an array takes ten times as long. */
  readonly delivery_ids: string | null;
  readonly subscription_ids: string | null;
  readonly quota: number | null;
  readonly used: string | null;
}

export interface IngestContext extends QuotaContext, LeaseContext {}

/**
 * Stores events with their request attempts in one statement, one round trip and one commit. Each event is judged
 * alone: the answer has, in order, what was stored or the problem that refused it (EventInvalidPayloadContentType,
 * EventInvalidBase64Payload, EventInvalidJsonPayload, AuthInvalidBiscuit, Forbidden, EventTypeDoesNotExist,
 * Validation, EventAlreadyIngested, TooManyEventsToday).
 */
export async function ingest(ctx: IngestContext, items: readonly IngestItem[]): Promise<Ingested[]> {
  const received_at = ctx.now();
  const payloads = items.map(({ event }) => decodePayload(event));
  const readable = items.flatMap((item, index) => {
    const payload = payloads[index];
    return payload instanceof Buffer ? [{ item, payload }] : [];
  });
  const rows = readable.length > 0 ? await store(ctx, readable, received_at) : [];

  let stored = 0;
  return items.map((item, index) => {
    const payload = payloads[index];
    if (payload instanceof Problem) return refused(payload);
    const row = rows[stored++];
    if (!row) throw new Error("ingest_events answered fewer rows than it was given");
    return toIngested(row, item, received_at);
  });
}

async function store(
  ctx: IngestContext,
  readable: { item: IngestItem; payload: Buffer }[],
  receivedAt: Date,
): Promise<Row[]> {
  const items = JSON.stringify(readable.map(({ item }) => toRow(item)));
  // One parameter goes as bytes, where an array would go as text of twice the length.
  const payloads = Buffer.concat(readable.map(({ payload }) => payload));
  const lengths = readable.map(({ payload }) => payload.byteLength);
  const dayLimit = ctx.quotas.enabled ? ctx.quotas.limits.global_events_per_day_limit : null;
  const ingested = sql`
    select item, problem, event_id, array_to_string(delivery_ids, ',') as delivery_ids,
      array_to_string(subscription_ids, ',') as subscription_ids, quota, used
    from ingest_events(${items}, split_bytes(${payloads}, ${lengths}), ${receivedAt}, ${leaseEnd(ctx, receivedAt)}, ${dayLimit})
  `;
  const traces = readable.flatMap(({ item: { trace, event } }, index) =>
    trace ? [{ item: index + 1, application_id: event.application_id, ...trace }] : [],
  );
  const { rows } = await sql<Row>`${traces.length > 0 ? withTraces(ingested, traces) : ingested}`.execute(
    ctx.db,
  );
  return rows;
}

/** The same answer, and what was stored keeps its trace context in the same commit. */
function withTraces(ingested: RawBuilder<unknown>, traces: readonly object[]): RawBuilder<unknown> {
  return sql`
    with ingested as materialized (${ingested}),
    traced as (
      insert into event_trace (application_id, event_id, traceparent, tracestate)
      select t.application_id, i.event_id, t.traceparent, t.tracestate
      from ingested i
      join jsonb_to_recordset(${JSON.stringify(traces)}::jsonb)
        as t (item bigint, application_id uuid, traceparent text, tracestate text) using (item)
      where i.problem is null
    )
    select * from ingested order by item
  `;
}

const refused = (result: Problem): Ingested => ({
  result,
  deliveries: [],
  quotaUse: null,
  isSchemaChanged: false,
});

function toIngested(row: Row, item: IngestItem, received_at: Date): Ingested {
  const { application_id } = item.event;
  if (row.problem === "SchemaChanged") {
    return { ...refused(new Problem("ServiceUnavailable")), isSchemaChanged: true };
  }
  const subscriptionIds = row.subscription_ids?.split(",") ?? [];
  const deliveries = (row.delivery_ids?.split(",") ?? []).map((delivery_id, position) => ({
    application_id,
    subscription_id: subscriptionIds[position] ?? "",
    delivery_id,
  }));
  const quotaUse = row.quota === null ? null : { application_id, quota: row.quota, used: Number(row.used) };
  const result = row.problem
    ? refusal(row.problem, row, item)
    : { application_id, event_id: row.event_id, received_at };
  return { result, deliveries, quotaUse, isSchemaChanged: false };
}

function toRow({ event, ip, credential, judgement }: IngestItem) {
  const { payload: _, event_type: event_type_name, ...columns } = event;
  return { ...columns, event_type_name, ip, ...credentialColumns(credential), ...schemaColumns(judgement) };
}

function schemaColumns(judgement: Judgement | undefined) {
  if (!judgement) return {};
  const { mode, version, findings } = judgement;
  return {
    judged_by: `${mode} ${version}`,
    schema_version: version,
    ...(findings.length > 0 && { schema_findings: findings, is_refused_by_schema: mode === "enforce" }),
  };
}

function credentialColumns(credential: Credential) {
  switch (credential.kind) {
    case "master":
      return {};
    case "application_secret":
      return { secret: credential.secret };
    case "service_token":
      return { organization_id: credential.organizationId, ...revocationColumns(credential) };
    case "user":
      return revocationColumns(credential);
  }
}

function revocationColumns({
  revocationId,
  childRevocationIds,
}: {
  revocationId: string;
  childRevocationIds: readonly string[];
}) {
  return {
    revocation_id: revocationId,
    ...(childRevocationIds.length > 0 && { child_revocation_ids: childRevocationIds }),
  };
}

function refusal(problem: ProblemId, { event_id, quota }: Row, { event, judgement }: IngestItem): Problem {
  switch (problem) {
    case "Validation":
      return payloadProblem(judgement?.findings ?? []);
    case "TooManyEventsToday":
      return new Problem(problem, `This application cannot have more than ${quota} events a day (UTC)`);
    case "EventTypeDoesNotExist":
      return new Problem(
        problem,
        `event_type: ${event.event_type} is not an active event type of this application`,
      );
    case "EventAlreadyIngested":
      return new Problem(problem, `event_id: ${event_id} is already the id of an event of this application`);
    default:
      return new Problem(problem);
  }
}

/** The bytes to store and deliver, exactly as sent, or the problem with them. JSON is only checked, never rewritten. */
function decodePayload({
  payload,
  payload_content_type: type,
}: Pick<EventPost, "payload" | "payload_content_type">): Buffer | Problem {
  switch (type) {
    case "text/plain":
      return Buffer.from(payload);
    case "application/json":
      return isJson(payload)
        ? Buffer.from(payload)
        : new Problem("EventInvalidJsonPayload", "payload: is not valid JSON");
    case "application/octet-stream+base64":
      return (
        decodeBase64(payload) ?? new Problem("EventInvalidBase64Payload", "payload: is not valid base64")
      );
    default:
      return new Problem(
        "EventInvalidPayloadContentType",
        `payload_content_type: must be one of ${PAYLOAD_CONTENT_TYPES.join(", ")}`,
      );
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Strict: Node skips what is not base64, so what it read must encode to what was sent. */
function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}
