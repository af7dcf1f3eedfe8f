import { sql } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { Problem } from "#core/problem.ts";
import { EventTypeName, exactly, Instant, Labels, Uuid } from "#core/schema.ts";

/** See `has_delivery_status` in migrations/0012_replays.sql for what each means. */
const DeliveryStatus = v.picklist(["all", "dead", "failed", "never_attempted"]);

export const ReplayFilter = exactly({
  /** Left out or empty: any. */
  event_type_names: v.optional(
    v.pipe(v.array(EventTypeName), v.maxLength(100, "must have at most 100 entries")),
  ),
  /** All of them on the event. */
  labels: v.optional(Labels),
  min_received_at: v.optional(Instant),
  /** At the latest, and when left out, the moment at which the job is made. */
  max_received_at: v.optional(Instant),
  subscription_id: v.optional(Uuid),
  status: v.optional(DeliveryStatus, "all"),
});
export type ReplayFilter = v.InferOutput<typeof ReplayFilter>;

const PER_SECOND_DEFAULT = 50;
const PER_SECOND_MAX = 1_000;

export const ReplayPost = exactly({
  application_id: Uuid,
  filter: ReplayFilter,
  attempts_per_second: v.optional(
    v.pipe(
      v.number(),
      v.integer("must be an integer"),
      v.minValue(1, "must be 1 at least"),
      v.maxValue(PER_SECOND_MAX, `must be ${PER_SECOND_MAX} at most`),
    ),
    PER_SECOND_DEFAULT,
  ),
  dry_run: v.optional(v.boolean(), false),
});
export type ReplayPost = v.InferOutput<typeof ReplayPost>;

export const ReplayCount = v.object({
  attempts_expected: v.number(),
  /** False when the filter has more events than are counted: there are as many attempts, or more. */
  is_exact: v.boolean(),
});
export type ReplayCount = v.InferOutput<typeof ReplayCount>;

export const Replay = v.object({
  replay_id: v.string(),
  application_id: v.string(),
  filter: v.object({
    event_type_names: v.nullable(v.array(v.string())),
    labels: v.nullable(v.record(v.string(), v.string())),
    min_received_at: v.nullable(v.date()),
    max_received_at: v.date(),
    subscription_id: v.nullable(v.string()),
    status: DeliveryStatus,
  }),
  attempts_per_second: v.number(),
  state: v.picklist(["running", "paused", "completed", "cancelled"]),
  ...ReplayCount.entries,
  attempts_made: v.number(),
  /** When the event that was judged last had been received: every one before it is done with. */
  replayed_until: v.nullable(v.date()),
  created_at: v.date(),
  ended_at: v.nullable(v.date()),
});
export type Replay = v.InferOutput<typeof Replay>;

/** Events a count looks at: a few seconds' work, however many the filter has. */
const EVENTS_COUNTED_MAX = 50_000;
const LIST_LENGTH = 100;

/** Counts the attempts that a replay made now would make. Throws Validation when the subscription is not there. */
export async function count(ctx: Context, { application_id, filter }: ReplayPost): Promise<ReplayCount> {
  await requireSubscription(ctx, application_id, filter.subscription_id);
  const types = typesOf(filter);
  const labels = filter.labels ? JSON.stringify(filter.labels) : null;
  const { rows } = await sql<ReplayCount>`
    with scanned as materialized (
      select event_id, event_type_name, labels from event
      where application_id = ${application_id} and received_at <= ${untilOf(ctx, filter)}
        and received_at >= ${filter.min_received_at ?? "-infinity"}
      order by received_at, event_id
      limit ${EVENTS_COUNTED_MAX}
    )
    select count(*)::int as attempts_expected, (select count(*) from scanned) < ${EVENTS_COUNTED_MAX} as is_exact
    from scanned s
    cross join lateral replay_subscriptions(${application_id}, s.event_id, s.event_type_name, s.labels,
      ${filter.subscription_id ?? null}::uuid, ${filter.status}::text)
    where (${types}::text[] is null or s.event_type_name = any (${types}::text[]))
      and (${labels}::jsonb is null or s.labels @> ${labels}::jsonb)
  `.execute(ctx.db);
  return rows[0] ?? { attempts_expected: 0, is_exact: true };
}

/** Makes a job, which the scheduler function works off. Throws Validation when the subscription is not there. */
export async function create(ctx: Context, input: ReplayPost): Promise<Replay> {
  const { application_id, filter, attempts_per_second } = input;
  const counted = await count(ctx, input);
  const now = ctx.now();
  const row = await ctx.db
    .insertInto("replay")
    .values({
      application_id,
      event_type_names: typesOf(filter),
      labels: filter.labels ? JSON.stringify(filter.labels) : null,
      min_received_at: filter.min_received_at ?? null,
      max_received_at: untilOf(ctx, filter),
      subscription_id: filter.subscription_id ?? null,
      status: filter.status,
      attempts_per_second,
      state: "running",
      ...counted,
      cursor_received_at: sql<Date>`${filter.min_received_at ?? "-infinity"}`,
      next_due_at: now,
      advanced_at: now,
      created_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return present(row);
}

/** The newest jobs of an application. */
export async function list(ctx: Context, applicationId: string): Promise<Replay[]> {
  const rows = await ctx.db
    .selectFrom("replay")
    .where("application_id", "=", applicationId)
    .orderBy("created_at", "desc")
    .orderBy("replay_id", "desc")
    .limit(LIST_LENGTH)
    .selectAll()
    .execute();
  return rows.map(present);
}

/** Throws NotFound. */
export async function get(ctx: Context, applicationId: string, replayId: string): Promise<Replay> {
  const row = await ctx.db
    .selectFrom("replay")
    .where("application_id", "=", applicationId)
    .where("replay_id", "=", replayId)
    .selectAll()
    .executeTakeFirst();
  if (!row) throw new Problem("NotFound");
  return present(row);
}

const changes = {
  pause: { from: ["running"], to: "paused" },
  resume: { from: ["paused"], to: "running" },
  cancel: { from: ["running", "paused"], to: "cancelled" },
} as const;
export type ReplayChange = keyof typeof changes;

/**
 * Pauses, resumes or cancels a job, and answers how it stands. One that has ended, or is so already, stays as it is.
 * Attempts that have been made go out all the same. Throws NotFound.
 */
export async function change(
  ctx: Context,
  applicationId: string,
  replayId: string,
  kind: ReplayChange,
): Promise<Replay> {
  const { from, to } = changes[kind];
  await ctx.db
    .updateTable("replay")
    .set({ state: to, ...(to === "cancelled" && { ended_at: ctx.now() }) })
    .where("application_id", "=", applicationId)
    .where("replay_id", "=", replayId)
    .where("state", "in", from)
    .execute();
  return get(ctx, applicationId, replayId);
}

async function requireSubscription(ctx: Context, applicationId: string, subscriptionId?: string) {
  if (!subscriptionId) return;
  const row = await ctx.db
    .selectFrom("subscription")
    .where("application_id", "=", applicationId)
    .where("subscription_id", "=", subscriptionId)
    .where("deleted_at", "is", null)
    .select("subscription_id")
    .executeTakeFirst();
  if (row) return;
  const message = "subscription_id must be a subscription of the application";
  throw new Problem("Validation", `filter: ${message}`, {
    filter: [{ code: "subscription_id", message, params: {} }],
  });
}

const typesOf = ({ event_type_names: names }: ReplayFilter) => (names && names.length > 0 ? names : null);

/** Never after now: what is received later is live traffic. */
function untilOf(ctx: Context, { max_received_at }: ReplayFilter): Date {
  const now = ctx.now();
  return max_received_at && max_received_at < now ? max_received_at : now;
}

type Row = Omit<Replay, "filter" | "replayed_until"> &
  Replay["filter"] & {
    /** A number before the first event was judged: minus infinity. */
    readonly cursor_received_at: Date | number;
  };

function present(row: Row): Replay {
  const { replay_id, application_id, attempts_per_second, state, attempts_expected, is_exact } = row;
  const { event_type_names, labels, min_received_at, max_received_at, subscription_id, status } = row;
  return {
    replay_id,
    application_id,
    filter: { event_type_names, labels, min_received_at, max_received_at, subscription_id, status },
    attempts_per_second,
    state,
    attempts_expected,
    is_exact,
    attempts_made: row.attempts_made,
    replayed_until: row.cursor_received_at instanceof Date ? row.cursor_received_at : null,
    created_at: row.created_at,
    ended_at: row.ended_at,
  };
}
