import { sql } from "kysely";
import type { Context } from "#core/context.ts";
import { secondsAfter } from "#core/delivery/lease.ts";

/** Attempts made by one statement. */
const ATTEMPTS_MAX = 500;
/** Events read by one statement, whether they are of the filter or not. */
const EVENTS_MAX = 2_000;
const LAST_UUID = "ffffffff-ffff-ffff-ffff-ffffffffffff";

export interface AdvanceOptions {
  /** The time until the next run: attempts are made for that long ahead, each due at its time in the pace. */
  readonly horizonSeconds: number;
  readonly stopAt: Date;
}

/**
 * Works off running replays, each as far as its pace allows until the next run. Several may run at once, and an
 * interrupted one loses and repeats nothing. Returns how many attempts were made: the scheduler is to enqueue them.
 */
export async function advanceReplays(ctx: Context, options: AdvanceOptions): Promise<number> {
  let made = 0;
  while (ctx.now() < options.stopAt) {
    const batch = await advanceOne(ctx, options.horizonSeconds);
    if (batch === null) break;
    made += batch;
  }
  return made;
}

/**
 * Makes the next attempts of the job that has waited longest and moves its cursor past them, in one statement: both
 * happen or neither. Its row stays locked meanwhile, and others skip it. Returns how many were made, or null when no job
 * may make any before the horizon.
 */
async function advanceOne(ctx: Context, horizonSeconds: number): Promise<number | null> {
  const now = ctx.now();
  const horizon = secondsAfter(now, horizonSeconds);
  const { rows } = await sql<{ made: number }>`
    with job as materialized (
      select r.*, greatest(r.next_due_at, ${now}) as start_at,
        least(${ATTEMPTS_MAX}::integer, ceil(extract(epoch from ${horizon}::timestamptz
          - greatest(r.next_due_at, ${now})) * r.attempts_per_second))::integer as room
      from replay r
      where r.state = 'running' and r.next_due_at < ${horizon}
      order by r.advanced_at, r.replay_id
      limit 1
      for update skip locked
    ),
    scanned as materialized (
      select e.* from job j
      cross join lateral (
        select event_id, event_type_name, labels, received_at from event
        where application_id = j.application_id and received_at <= j.max_received_at
          and (received_at, event_id) >= (j.cursor_received_at, j.cursor_event_id)
        order by received_at, event_id
        limit ${EVENTS_MAX}
      ) e
    ),
    delivery as materialized (
      select d.*, row_number() over (order by received_at, event_id, subscription_id) as number from (
        select s.event_id, s.event_type_name, s.received_at, m.subscription_id
        from job j cross join scanned s
        cross join lateral replay_subscriptions(j.application_id, s.event_id, s.event_type_name, s.labels,
          j.subscription_id, j.status) m
        where (j.event_type_names is null or s.event_type_name = any (j.event_type_names))
          and (j.labels is null or s.labels @> j.labels)
          and (s.received_at, s.event_id, m.subscription_id)
            > (j.cursor_received_at, j.cursor_event_id, j.cursor_subscription_id)
        order by s.received_at, s.event_id, m.subscription_id
        limit (select room from job)
      ) d
    ),
    named as materialized (
      select d.*, uuidv7() as id, j.application_id,
        j.start_at + (d.number - 1) * interval '1 second' / j.attempts_per_second as due_at
      from job j cross join delivery d
    ),
    attempts as (
      insert into request_attempt (request_attempt_id, delivery_id, application_id, event_id, event_type_name,
        subscription_id, retry_count, created_at, due_at, enqueue_at)
      select id, id, application_id, event_id, event_type_name, subscription_id, 0, ${now}, due_at, due_at from named
    ),
    -- What is sent again is dead no more.
    revived as (
      update request_attempt a set dead_at = null from named n
      where a.application_id = n.application_id and a.event_id = n.event_id and a.subscription_id = n.subscription_id
        and a.dead_at is not null
    ),
    -- Where the batch ended: at its last delivery when there was no room for more, else past all that was read.
    reached as (
      select d.received_at, d.event_id, d.subscription_id from delivery d, job j where d.number = j.room
      union all
      (select received_at, event_id, ${LAST_UUID}::uuid from scanned
        where (select count(*) from delivery) < (select room from job)
        order by received_at desc, event_id desc limit 1)
    ),
    progress as (
      select (select count(*) from delivery)::integer as made,
        (select count(*) from scanned) < ${EVENTS_MAX} and (select count(*) from delivery) < (select room from job)
          as is_done
    )
    update replay r set
      attempts_made = r.attempts_made + p.made,
      next_due_at = j.start_at + p.made * interval '1 second' / j.attempts_per_second,
      cursor_received_at = coalesce(c.received_at, r.cursor_received_at),
      cursor_event_id = coalesce(c.event_id, r.cursor_event_id),
      cursor_subscription_id = coalesce(c.subscription_id, r.cursor_subscription_id),
      advanced_at = ${now},
      state = case when p.is_done then 'completed' else r.state end,
      ended_at = case when p.is_done then ${now}::timestamptz end
    from job j cross join progress p left join reached c on true
    where r.replay_id = j.replay_id
    returning p.made
  `.execute(ctx.db);
  return rows[0]?.made ?? null;
}
