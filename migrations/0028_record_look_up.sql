-- As before, and what was recorded earlier is looked up by its id too: the index of ended attempts has the same condition
-- as that look-up had, and a plan made while it was short read all of it, for as long as a connection kept that plan.
create or replace function record_outcomes(lease uuid, moment timestamptz, outcomes jsonb, bodies bytea[])
returns table (request_attempt_id uuid, is_dead boolean)
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  with outcome as (
    select * from rows from (
      jsonb_to_recordset(outcomes) as (
        request_attempt_id uuid, succeeded boolean, error_name text, status smallint, headers jsonb,
        elapsed_ms integer, next_due_at timestamptz, next_enqueue_at timestamptz
      ),
      unnest(bodies)
    ) as o (request_attempt_id, succeeded, error_name, status, headers, elapsed_ms, next_due_at, next_enqueue_at, body)
  ),
  live as (
    select o.request_attempt_id,
      coalesce(s.is_enabled and s.deleted_at is null and p.deleted_at is null, false) as is_live
    from outcome o
    cross join lateral (
      select r.application_id, r.subscription_id from request_attempt r
      where r.request_attempt_id = o.request_attempt_id offset 0
    ) a
    left join lateral (
      select r.is_enabled, r.deleted_at from subscription r
      where r.application_id = a.application_id and r.subscription_id = a.subscription_id offset 0
    ) s on true
    left join lateral (
      select r.deleted_at from application r where r.application_id = a.application_id offset 0
    ) p on true
  ),
  finished as (
    update request_attempt a set
      succeeded_at = case when o.succeeded then moment end,
      failed_at = case when not o.succeeded then moment end,
      dead_at = e.died_at, died_at = e.died_at,
      response_error_name = o.error_name, response_status = o.status, response_headers = o.headers,
      response_body = o.body, response_elapsed_ms = o.elapsed_ms
    from outcome o join live l using (request_attempt_id)
    cross join lateral (
      select case when not o.succeeded and not (o.next_due_at is not null and l.is_live) then moment end
        as died_at
    ) e
    where a.request_attempt_id = any (array(select k.request_attempt_id from outcome k))
      and a.request_attempt_id = o.request_attempt_id and a.lease_token = lease
      and num_nonnulls(a.succeeded_at, a.failed_at) = 0
    returning a.*, o.next_due_at, o.next_enqueue_at
  ),
  next as (
    insert into request_attempt (delivery_id, application_id, event_id, event_type_name, subscription_id,
      retry_count, created_at, due_at, enqueue_at)
    select f.delivery_id, f.application_id, f.event_id, f.event_type_name, f.subscription_id,
      f.retry_count + 1, moment, f.next_due_at, f.next_enqueue_at
    from finished f
    where f.succeeded_at is null and f.dead_at is null
  )
  select f.request_attempt_id, f.dead_at is not null from finished f
  union all
  select a.request_attempt_id, a.dead_at is not null from request_attempt a
  where a.request_attempt_id = any (array(select k.request_attempt_id from outcome k)) and a.lease_token = lease
    and num_nonnulls(a.succeeded_at, a.failed_at) > 0;
end $$;
