-- What a delivery function asks, as functions: Postgres plans their statements once a connection and not each time, which
-- is most of the work of a short one. A plan that is kept must be good for tables that have grown since: it may look rows
-- up one by one and nothing else, however few there are today. Hence no sequential scans, and `offset 0`, which keeps a
-- look-up from being made a join of whole tables; and `num_nonnulls`, which keeps what is found by its id from being
-- looked for among all that is unfinished.

-- The scheduler's index, with a condition that only the scheduler's statements have: a look-up of one unfinished attempt
-- would else read it from end to end while it is small, and go on to.
drop index request_attempt_unfinished;
create index request_attempt_unfinished on request_attempt (enqueue_at) where coalesce(succeeded_at, failed_at) is null;

-- Takes the open, due and unleased attempts of these deliveries under a lease, with all it needs to send them; see
-- functions/core/delivery/claim.ts. Rows without `request_attempt_id` are of deliveries that were not taken.
create function claim_attempts(
  lease uuid, moment timestamptz, lease_enough timestamptz, lease_end timestamptz, is_admitted boolean,
  application_ids uuid[], subscription_ids uuid[], delivery_ids uuid[]
)
returns table (
  application_id uuid, subscription_id uuid, delivery_id uuid, due_at timestamptz, is_restricted boolean,
  request_attempt_id uuid, retry_count smallint, event_id uuid, event_type_name text, first_at timestamptz,
  payload bytea, payload_content_type text, is_live boolean,
  secret uuid, signing jsonb, trace jsonb, target_method text, target_url text, target_headers jsonb,
  retry_policy jsonb, timeout_seconds smallint, is_failing boolean
)
language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
begin
  return query
  with named as (
    select distinct * from unnest(
      application_ids,
      subscription_ids,
      delivery_ids
    ) as n (application_id, subscription_id, delivery_id)
  ),
  open as materialized (
    select a.request_attempt_id, a.application_id, a.subscription_id, a.delivery_id, a.due_at,
      a.due_at <= moment and (a.lease_token is null or a.enqueue_at <= moment)
        and not is_admitted and s.is_enabled and s.deleted_at is null
        and (s.rate_limit_per_second is not null or s.concurrency_limit is not null or h.paused_until is not null)
        as is_restricted,
      s.is_enabled and s.deleted_at is null and p.deleted_at is null as is_live,
      s.secret, case when s.signatures <> '{hook0}' or s.previous_secrets_until is not null then jsonb_build_object(
        'signatures', s.signatures,
        'standard_secret', s.standard_secret,
        'key_pair', case when 'standard_ed25519' = any (s.signatures) then (
          select k.key_pair from application_signing_key k where k.application_id = s.application_id) end,
        'previous', case when s.previous_secrets_until is not null then jsonb_build_object(
          'secret', s.previous_secret,
          'standard_secret', s.previous_standard_secret,
          'until', s.previous_secrets_until) end
      ) end as signing,
      case when s.forward_trace_context then (
        select jsonb_build_object('traceparent', t.traceparent, 'tracestate', t.tracestate) from event_trace t
        where t.application_id = a.application_id and t.event_id = a.event_id
      ) end as trace,
      s.target_method, s.target_url, s.target_headers, s.retry_policy, s.timeout_seconds,
      coalesce(h.failures, 0) > 0 as is_failing
    from named n
    cross join lateral (
      select * from request_attempt r
      where r.application_id = n.application_id and r.subscription_id = n.subscription_id
        and r.delivery_id = n.delivery_id and r.succeeded_at is null and r.failed_at is null
      offset 0
    ) a
    left join lateral (
      select * from subscription r
      where r.application_id = a.application_id and r.subscription_id = a.subscription_id offset 0
    ) s on true
    left join lateral (
      select * from subscription_health r where r.subscription_id = s.subscription_id offset 0
    ) h on true
    left join lateral (select * from application r where r.application_id = a.application_id offset 0) p on true
  ),
  claimed as (
    update request_attempt set
      lease_token = lease, picked_at = moment,
      -- Left as it is while it is about a lease: an update that changes no indexed column is cheaper (HOT). The longer
      -- one of a message that waited in the queue ends here: it would strand the attempt if this function died.
      enqueue_at = case when enqueue_at between lease_enough
        and lease_end then enqueue_at else lease_end end
    where request_attempt_id = any (array(
      select r.request_attempt_id from request_attempt r
      where r.request_attempt_id = any (array(select o.request_attempt_id from open o where o.is_restricted is not true))
        and num_nonnulls(r.succeeded_at, r.failed_at) = 0 and r.due_at <= moment
        and (r.lease_token is null or r.lease_token = lease or r.enqueue_at <= moment)
      for update skip locked
    ))
    returning *
  )
  select o.application_id, o.subscription_id, o.delivery_id, o.due_at, o.is_restricted,
    c.request_attempt_id, c.retry_count, c.event_id, c.event_type_name,
    case when c.retry_count = 0 then c.created_at else f.created_at end,
    e.payload, e.payload_content_type, e.event_id is not null and o.is_live,
    o.secret, o.signing, o.trace, o.target_method, o.target_url, o.target_headers, o.retry_policy, o.timeout_seconds,
    o.is_failing
  from open o
  left join claimed c on c.request_attempt_id = o.request_attempt_id
  left join lateral (
    select r.created_at from request_attempt r
    where c.retry_count > 0 and r.request_attempt_id = c.delivery_id offset 0
  ) f on true
  left join lateral (
    select r.event_id, r.payload, r.payload_content_type from event r
    where r.application_id = c.application_id and r.event_id = c.event_id offset 0
  ) e on true;
end $$;

-- Ends the attempts that the lease holds and makes those that follow; see functions/core/delivery/record.ts.
create function record_outcomes(lease uuid, moment timestamptz, outcomes jsonb, bodies bytea[])
returns table (request_attempt_id uuid, is_dead boolean)
language plpgsql set enable_seqscan = off as $$
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
  where a.request_attempt_id = any (array(select k.request_attempt_id from outcome k)) and a.lease_token = lease and (a.succeeded_at is not null or a.failed_at is not null);
end $$;

alter function ingest_events(jsonb, bytea[], timestamptz, timestamptz, integer) set enable_seqscan = off;
