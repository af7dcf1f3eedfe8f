import { sql } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { Problem } from "#core/problem.ts";
import { Labels, Uuid } from "#core/schema.ts";

/** Exactly one of both: forgetting the labels must not erase everything. */
export const ErasurePost = v.pipe(
  v.object({
    application_id: Uuid,
    /** Events that carry all of these. */
    labels: v.optional(Labels),
    all_events: v.optional(v.boolean(), false),
  }),
  v.check(
    ({ labels, all_events }) => (labels === undefined) === all_events,
    "must have either labels or all_events",
  ),
);
export type ErasurePost = v.InferOutput<typeof ErasurePost>;

export const Erasure = v.object({
  erasure_id: v.string(),
  application_id: v.string(),
  all_events: v.boolean(),
  /** Null once completed: they may tell who the person was. */
  labels: v.nullable(v.record(v.string(), v.string())),
  state: v.picklist(["running", "completed"]),
  events_erased: v.number(),
  attempts_erased: v.number(),
  created_at: v.date(),
  ended_at: v.nullable(v.date()),
});
export type Erasure = v.InferOutput<typeof Erasure>;

/** Steps made before the request is answered: small sets are gone by then. */
const STEPS_AT_ONCE = 10;
/** Events read by one step, whether they are to be erased or not. */
const EVENTS_MAX = 1_000;
/** Attempts deleted by one step. */
const ATTEMPTS_MAX = 2_000;
const LIST_LENGTH = 100;

/**
 * Makes a job that deletes the application's events received until now, or those that carry the labels, with their
 * attempts and responses: nothing of them is left, and what was still to be sent is not. The scheduler function makes
 * its steps.
 */
export async function create(ctx: Context, input: ErasurePost): Promise<Erasure> {
  const { application_id, labels, all_events } = input;
  const now = ctx.now();
  const { erasure_id } = await ctx.db
    .insertInto("erasure")
    .values({
      application_id,
      is_all_events: all_events,
      labels: JSON.stringify(labels ?? {}),
      max_received_at: now,
      state: "running",
      advanced_at: now,
      created_at: now,
    })
    .returning("erasure_id")
    .executeTakeFirstOrThrow();
  return get(ctx, application_id, erasure_id);
}

/** Makes the first steps of an erasure at once, each on its own, and returns how far it is. Throws NotFound. */
export async function begin(ctx: Context, applicationId: string, erasureId: string): Promise<Erasure> {
  for (let step = 0; step < STEPS_AT_ONCE; step++) {
    const isDone = (await advanceOne(ctx, erasureId)) !== "running";
    if (isDone) break;
  }
  return get(ctx, applicationId, erasureId);
}

/** The newest erasures of an application. */
export async function list(ctx: Context, applicationId: string): Promise<Erasure[]> {
  const rows = await select(ctx, applicationId)
    .orderBy("created_at", "desc")
    .orderBy("erasure_id", "desc")
    .limit(LIST_LENGTH)
    .execute();
  return rows.map(present);
}

/** Throws NotFound. */
export async function get(ctx: Context, applicationId: string, erasureId: string): Promise<Erasure> {
  const row = await select(ctx, applicationId).where("erasure_id", "=", erasureId).executeTakeFirst();
  if (!row) throw new Problem("NotFound");
  return present(row);
}

/**
 * Works off running erasures. Several may run at once, and an interrupted one is gone on with. Stops at that instant,
 * or after as many steps as one run is to make.
 */
export async function advanceErasures(
  ctx: Context,
  { stepsMax, stopAt }: { readonly stepsMax: number; readonly stopAt: Date },
): Promise<void> {
  for (let step = 0; step < stepsMax && ctx.now() < stopAt; step++) {
    if ((await advanceOne(ctx)) === null) break;
  }
}

/**
 * One step of an erasure, of the one that has waited longest when none is named: reads the next events, deletes those
 * that it is about and moves the cursor, in one statement. It stays where it was while some of them are left. Returns
 * the state, or null when there was nothing to do or another function is at it.
 */
async function advanceOne(ctx: Context, erasureId: string | null = null): Promise<Erasure["state"] | null> {
  const now = ctx.now();
  const { rows } = await sql<{ state: Erasure["state"] }>`
    with job as materialized (
      select * from erasure
      where state = 'running' and (${erasureId}::uuid is null or erasure_id = ${erasureId})
      order by advanced_at, erasure_id
      limit 1
      for update skip locked
    ),
    scanned as materialized (
      select e.* from job j
      cross join lateral (
        select event_id, labels, received_at from event
        where application_id = j.application_id and received_at <= j.max_received_at
          and (received_at, event_id) > (j.cursor_received_at, j.cursor_event_id)
        order by received_at, event_id
        limit ${EVENTS_MAX}
      ) e
    ),
    gone as materialized (
      select d.* from job j
      cross join lateral (select array(select event_id from scanned s where s.labels @> j.labels) as ids) matching
      cross join lateral delete_events(j.application_id, matching.ids, ${ATTEMPTS_MAX}) d
    ),
    reached as (
      select received_at, event_id from scanned order by received_at desc, event_id desc limit 1
    ),
    progress as (
      select g.*, g.is_complete and (select count(*) from scanned) < ${EVENTS_MAX} as is_done from gone g
    )
    update erasure e set
      events_erased = e.events_erased + p.events_deleted,
      attempts_erased = e.attempts_erased + p.attempts_deleted,
      cursor_received_at = case when p.is_complete and c.event_id is not null
        then c.received_at else e.cursor_received_at end,
      cursor_event_id = case when p.is_complete and c.event_id is not null
        then c.event_id else e.cursor_event_id end,
      advanced_at = ${now},
      state = case when p.is_done then 'completed' else e.state end,
      labels = case when p.is_done then '{}' else e.labels end,
      ended_at = case when p.is_done then ${now}::timestamptz end
    from job j cross join progress p left join reached c on true
    where e.erasure_id = j.erasure_id
    returning e.state
  `.execute(ctx.db);
  return rows[0]?.state ?? null;
}

function select(ctx: Context, applicationId: string) {
  return ctx.db
    .selectFrom("erasure")
    .where("application_id", "=", applicationId)
    .select([
      "erasure_id",
      "application_id",
      "is_all_events as all_events",
      "labels",
      "state",
      "events_erased",
      "attempts_erased",
      "created_at",
      "ended_at",
    ]);
}

function present(row: Erasure): Erasure {
  const { all_events, state } = row;
  return { ...row, labels: all_events || state === "completed" ? null : row.labels };
}
