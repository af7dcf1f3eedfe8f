-- An open attempt is looked up by what one index alone has: the other, of a subscription's backlog, states the same
-- condition in words from which the planner cannot tell. There was one index of three columns before. In a table of some
-- hundred rows the planner expects one row of a subscription: an index of all its attempts seemed as good, and where the
-- right one had just been split in two pages, better. Functions keep their plans: such a claim read all that was ever
-- sent to its subscription.
drop index request_attempt_open;

-- Admission; abandonAttempts; readStanding; RequestAttempt.list
create index request_attempt_backlog on request_attempt (application_id, subscription_id)
  where coalesce(succeeded_at, failed_at) is null;
-- Delivery function: claim. Unique: a delivery has one open attempt at the most.
create unique index request_attempt_open on request_attempt (delivery_id)
  where succeeded_at is null and failed_at is null;

-- As before, but for how an open attempt is found: whose it is, is compared in a way that no index serves.
create or replace function claim_attempts(
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
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
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
      where r.delivery_id = n.delivery_id and r.succeeded_at is null and r.failed_at is null
        and row(r.application_id, r.subscription_id) is not distinct from row(n.application_id, n.subscription_id)
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
