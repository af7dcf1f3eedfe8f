import { sql } from "kysely";
import type { Context } from "#core/context.ts";
import { secondsAfter } from "#core/delivery/lease.ts";
import { deleteEndedLinks, deleteEndedSessions, deleteFullBuckets } from "#core/ended-rows.ts";
import { quotaLimits, type QuotaContext } from "#core/quota.ts";

/** Time between two looks for what has expired. */
const INTERVAL_SECONDS = 600;
/** Events read by one step. */
const EVENTS_MAX = 500;
/** Attempts deleted by one step. */
const ATTEMPTS_MAX = 2_000;
/** A deleted application is readable to no one; its events are kept this long for an operator who is asked for them. */
const DELETED_APPLICATION_DAYS = 30;
/** More than this is for ever: it spares arithmetic with dates before history. */
const DAYS_MAX = 36_500;

export interface RetentionOptions {
  readonly stopAt: Date;
}

interface Expired {
  readonly application_id: string;
  /** What was received earlier has expired. */
  readonly cutoff: Date;
}

/**
 * Deletes what is older than its application's retention, and sessions, links and rate limits that have ended: oldest
 * first, in short statements of limited rows. Done by one of several instances, every ten minutes, or at the next run
 * when time was too short.
 */
export async function applyRetention(ctx: QuotaContext, { stopAt }: RetentionOptions): Promise<void> {
  const now = ctx.now();
  if (!(await take(ctx))) return;
  const isTimeLeft = () => ctx.now() < stopAt;
  for (const { application_id, cutoff } of await listExpired(ctx)) {
    await deleteEvents(ctx, application_id, cutoff, isTimeLeft);
    await deleteStrayAttempts(ctx, application_id, cutoff, isTimeLeft);
  }
  await deleteEndedSessions(ctx, isTimeLeft);
  await deleteEndedLinks(ctx, isTimeLeft);
  await deleteFullBuckets(ctx, isTimeLeft);
  if (!isTimeLeft()) await ctx.db.updateTable("upkeep").set({ due_at: now }).execute();
}

/** Whether the task was due and nobody else has it. */
async function take(ctx: Context): Promise<boolean> {
  const now = ctx.now();
  const { rows } = await sql`
    update upkeep set due_at = ${secondsAfter(now, INTERVAL_SECONDS)}
    where task = any (array(
      select task from upkeep where task = 'retention' and due_at <= ${now} for update skip locked
    ))
    returning task
  `.execute(ctx.db);
  return rows.length > 0;
}

/**
 * Applications that have something older than their retention: the least of their own and of their plan's, or without a
 * plan (and when quotas are not enforced) the instance's.
 */
async function listExpired(ctx: QuotaContext): Promise<Expired[]> {
  const instanceDays = quotaLimits(ctx.quotas).global_days_of_events_retention_limit;
  const now = ctx.now();
  const { rows } = await sql<Expired>`
    select a.application_id, c.cutoff
    from application a
    join organization o using (organization_id)
    left join plan p on p.name = o.plan_name and ${ctx.quotas.enabled}
    cross join lateral (
      select coalesce(p.days_of_events_retention_limit, ${instanceDays}::integer) as days
    ) general
    cross join lateral (
      select least(general.days, a.days_of_events_retention_limit,
        case when a.deleted_at <= ${now}::timestamptz - interval '1 day' * ${DELETED_APPLICATION_DAYS} then 0 end) as days
    ) retention
    cross join lateral (
      select ${now}::timestamptz - interval '1 day' * retention.days as cutoff where retention.days <= ${DAYS_MAX}
    ) c
    -- The oldest by min, which reads one entry of the index; exists would read the table.
    where (select min(e.received_at) from event e where e.application_id = a.application_id) < c.cutoff
      or (select min(r.created_at) from request_attempt r where r.application_id = a.application_id) < c.cutoff
  `.execute(ctx.db);
  return rows;
}

/** Deletes an application's expired events with their attempts, but for those that have an open attempt. */
async function deleteEvents(
  ctx: Context,
  applicationId: string,
  cutoff: Date,
  isTimeLeft: () => boolean,
): Promise<void> {
  // As text: a Date would lose the microseconds.
  let cursor = { received_at: "-infinity", event_id: "00000000-0000-0000-0000-000000000000" };
  while (isTimeLeft()) {
    const { rows } = await sql<typeof cursor & { is_last: boolean; is_complete: boolean; deleted: number }>`
      with scanned as materialized (
        select event_id, received_at from event
        where application_id = ${applicationId} and received_at < ${cutoff}
          and (received_at, event_id) > (${cursor.received_at}::timestamptz, ${cursor.event_id}::uuid)
        order by received_at, event_id
        limit ${EVENTS_MAX}
      ),
      gone as materialized (
        select d.* from (
          select array(
            select s.event_id from scanned s
            where not exists (
              select from request_attempt a
              where a.application_id = ${applicationId} and a.event_id = s.event_id
                and a.succeeded_at is null and a.failed_at is null
            )
          ) as ids
        ) ended cross join lateral delete_events(${applicationId}, ended.ids, ${ATTEMPTS_MAX}) d
      )
      select s.received_at::text, s.event_id, g.is_complete, g.events_deleted + g.attempts_deleted as deleted,
        (select count(*) from scanned) < ${EVENTS_MAX} as is_last
      from gone g cross join lateral (
        select * from scanned order by received_at desc, event_id desc limit 1
      ) s
    `.execute(ctx.db);
    const [step] = rows;
    if (!step) return;
    // What another function holds at this moment is left to the next look.
    if (step.is_complete || step.deleted === 0) {
      if (step.is_last) return;
      cursor = { received_at: step.received_at, event_id: step.event_id };
    }
  }
}

/**
 * Deletes ended attempts whose event went while they were being made. One of an event that is still there stays: the
 * retry window of an open attempt counts from the first. Served by request_attempt_application and event_pkey.
 */
async function deleteStrayAttempts(
  ctx: Context,
  applicationId: string,
  cutoff: Date,
  isTimeLeft: () => boolean,
): Promise<void> {
  let cursor = { created_at: "-infinity", request_attempt_id: "00000000-0000-0000-0000-000000000000" };
  while (isTimeLeft()) {
    const { rows } = await sql<typeof cursor & { is_last: boolean }>`
      with scanned as materialized (
        select request_attempt_id, event_id, created_at, succeeded_at, failed_at from request_attempt
        where application_id = ${applicationId} and created_at < ${cutoff}
          and (created_at, request_attempt_id) > (${cursor.created_at}::timestamptz, ${cursor.request_attempt_id}::uuid)
        order by created_at, request_attempt_id
        limit ${ATTEMPTS_MAX}
      ),
      gone as (
        delete from request_attempt where request_attempt_id = any (array(
          select s.request_attempt_id from scanned s
          where (s.succeeded_at is not null or s.failed_at is not null) and (
            -- Not an anti-join, which would read all events of the application.
            select true from event e where e.application_id = ${applicationId} and e.event_id = s.event_id
          ) is null
        ))
      )
      select created_at::text, request_attempt_id, (select count(*) from scanned) < ${ATTEMPTS_MAX} as is_last
      from scanned order by created_at desc, request_attempt_id desc limit 1
    `.execute(ctx.db);
    const [step] = rows;
    if (!step || step.is_last) return;
    cursor = { created_at: step.created_at, request_attempt_id: step.request_attempt_id };
  }
}
