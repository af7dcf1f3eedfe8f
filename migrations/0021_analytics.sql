-- The log-spaced bucket of a duration: bucket n holds what is above 1.1^(n - 1) and at most 1.1^n ms, bucket 0 what is at
-- most 1 ms, and 255 (416 days) the rest. The middle of a bucket is within 4.8 % of all that is in it.
create function latency_bucket(ms double precision) returns integer language sql immutable parallel safe as $$
  select case when ms is null then null when ms <= 1 then 0 else least(255, ceil(ln(ms) / ln(1.1)))::integer end
$$;

-- All that analytics count, one row a fact, of an application and a span of time. The one definition of each figure:
--   accepted    an event was stored, at its received_at; it belongs to no subscription
--   deliveries  a delivery began (by an event, a replay, or a dead letter sent again), when its first attempt was made
--   delivered   an attempt ended in a 2xx
--   failed      an attempt ended otherwise
--   unsent      an attempt ended without a request, because its subscription or application was gone or disabled
--   died        an attempt ended its delivery as a dead letter, whether or not it was sent again later
-- The last four are at the attempt's end. Delivery latency is from the beginning of the delivery to the 2xx, endpoint
-- latency from the request to the answer, whatever it says. Nothing here changes once it is written.
create function analytics_facts(application uuid, since timestamptz, until timestamptz)
returns table (
  at timestamptz, subscription_id uuid, event_type_name text,
  accepted integer, deliveries integer, delivered integer, failed integer, unsent integer, died integer,
  delivery_bucket integer, endpoint_bucket integer
)
language sql stable as $$
  select e.received_at, null::uuid, e.event_type_name, 1, 0, 0, 0, 0, 0, null::integer, null::integer
  from event e
  where e.application_id = application and e.received_at >= since and e.received_at < until
  union all
  select a.created_at, a.subscription_id, a.event_type_name, 0, 1, 0, 0, 0, 0, null, null
  from request_attempt a
  where a.application_id = application and a.created_at >= since and a.created_at < until
    and a.request_attempt_id = a.delivery_id
  union all
  select coalesce(a.succeeded_at, a.failed_at), a.subscription_id, a.event_type_name, 0, 0,
    (a.succeeded_at is not null)::integer,
    (a.failed_at is not null and a.response_elapsed_ms is not null)::integer,
    (a.failed_at is not null and a.response_elapsed_ms is null)::integer,
    (a.died_at is not null)::integer,
    case when a.succeeded_at is not null then latency_bucket(extract(epoch from a.succeeded_at - case
      when a.request_attempt_id = a.delivery_id then a.created_at
      else (select f.created_at from request_attempt f where f.request_attempt_id = a.delivery_id)
    end)::double precision * 1000) end,
    case when a.response_status is not null then latency_bucket(a.response_elapsed_ms) end
  from request_attempt a
  where a.application_id = application
    and coalesce(a.succeeded_at, a.failed_at) >= since and coalesce(a.succeeded_at, a.failed_at) < until
    and (a.succeeded_at is not null or a.failed_at is not null)
$$;

-- What analytics_facts says of whole minutes, hours and days (UTC) before the watermark. Nothing of a person is in it, so
-- that it outlives the events.
create table analytics_rollup (
  application_id uuid not null references application on delete cascade,
  span text not null check (span in ('minute', 'hour', 'day')),
  -- The nil UUID for all of them together.
  subscription_id uuid not null,
  -- Empty for all of them together.
  event_type_name text not null,
  at timestamptz not null,
  accepted bigint not null,
  deliveries bigint not null,
  delivered bigint not null,
  failed bigint not null,
  unsent bigint not null,
  died bigint not null,
  -- Histograms: each entry is 256 times a count, plus its bucket. Empty when there is nothing.
  delivery_latency bigint[] not null,
  endpoint_latency bigint[] not null,
  -- The buckets of their 50th, 95th and 99th percentile, so that a row that is read alone needs no histogram.
  delivery_percentiles smallint[] not null,
  endpoint_percentiles smallint[] not null,
  -- Analytics.read
  primary key (application_id, span, subscription_id, event_type_name, at)
);
-- roll_up, deleteOldRollups
create index analytics_rollup_at on analytics_rollup (span, at);

-- One row. What is before it has been rolled up; what is not is read from the ledger.
create table analytics_watermark (rolled_up_until timestamptz not null);
insert into analytics_watermark values ('-infinity');

-- The rows that a fact is counted in: of its subscription and event type, of each of them alone, and of neither.
create function rollup_keys(subscription uuid, event_type text)
returns table (subscription_id uuid, event_type_name text) language sql immutable parallel safe as $$
  select '00000000-0000-0000-0000-000000000000'::uuid, ''
  union all select '00000000-0000-0000-0000-000000000000', event_type
  union all select subscription, '' where subscription is not null
  union all select subscription, event_type where subscription is not null
$$;

-- Makes the rows of the minutes in a span of time from the ledger.
create function roll_up_minutes(since timestamptz, until timestamptz) returns void language sql as $$
  with active as materialized (
    -- Scalar subqueries, because each reads one entry of an index; a join would read the tables.
    select a.application_id from application a
    where coalesce(
      (select true from event e
        where e.application_id = a.application_id and e.received_at >= since and e.received_at < until limit 1),
      (select true from request_attempt r
        where r.application_id = a.application_id and r.created_at >= since and r.created_at < until limit 1),
      (select true from request_attempt r
        where r.application_id = a.application_id and (r.succeeded_at is not null or r.failed_at is not null)
          and coalesce(r.succeeded_at, r.failed_at) >= since and coalesce(r.succeeded_at, r.failed_at) < until limit 1)
    )
  ),
  fact as materialized (
    select a.application_id, date_trunc('minute', f.at, 'UTC') as at, f.subscription_id, f.event_type_name,
      f.accepted, f.deliveries, f.delivered, f.failed, f.unsent, f.died, f.delivery_bucket, f.endpoint_bucket
    from active a cross join lateral analytics_facts(a.application_id, since, until) f
  ),
  -- Each is added up before it is counted in four rows.
  counted as (
    select application_id, at, k.subscription_id, k.event_type_name, sum(accepted) as accepted,
      sum(deliveries) as deliveries, sum(delivered) as delivered, sum(failed) as failed, sum(unsent) as unsent,
      sum(died) as died
    from (
      select application_id, at, subscription_id, event_type_name, sum(accepted) as accepted,
        sum(deliveries) as deliveries, sum(delivered) as delivered, sum(failed) as failed, sum(unsent) as unsent,
        sum(died) as died
      from fact group by 1, 2, 3, 4
    ) f cross join lateral rollup_keys(f.subscription_id, f.event_type_name) k
    group by 1, 2, 3, 4
  ),
  delivery as (
    select application_id, at, subscription_id, event_type_name,
      array_agg(256 * facts + bucket order by bucket) as histogram,
      array[
        min(bucket) filter (where up_to >= 0.50 * total),
        min(bucket) filter (where up_to >= 0.95 * total),
        min(bucket) filter (where up_to >= 0.99 * total)
      ] as percentiles
    from (
      select *, sum(facts) over (partition by application_id, at, subscription_id, event_type_name order by bucket) as up_to,
        sum(facts) over (partition by application_id, at, subscription_id, event_type_name) as total
      from (
        select application_id, at, k.subscription_id, k.event_type_name, bucket, sum(facts)::bigint as facts
        from (
          select application_id, at, subscription_id, event_type_name, delivery_bucket as bucket, count(*) as facts
          from fact where delivery_bucket is not null group by 1, 2, 3, 4, 5
        ) f cross join lateral rollup_keys(f.subscription_id, f.event_type_name) k
        group by 1, 2, 3, 4, 5
      ) merged
    ) b group by 1, 2, 3, 4
  ),
  endpoint as (
    select application_id, at, subscription_id, event_type_name,
      array_agg(256 * facts + bucket order by bucket) as histogram,
      array[
        min(bucket) filter (where up_to >= 0.50 * total),
        min(bucket) filter (where up_to >= 0.95 * total),
        min(bucket) filter (where up_to >= 0.99 * total)
      ] as percentiles
    from (
      select *, sum(facts) over (partition by application_id, at, subscription_id, event_type_name order by bucket) as up_to,
        sum(facts) over (partition by application_id, at, subscription_id, event_type_name) as total
      from (
        select application_id, at, k.subscription_id, k.event_type_name, bucket, sum(facts)::bigint as facts
        from (
          select application_id, at, subscription_id, event_type_name, endpoint_bucket as bucket, count(*) as facts
          from fact where endpoint_bucket is not null group by 1, 2, 3, 4, 5
        ) f cross join lateral rollup_keys(f.subscription_id, f.event_type_name) k
        group by 1, 2, 3, 4, 5
      ) merged
    ) b group by 1, 2, 3, 4
  )
  insert into analytics_rollup (application_id, span, subscription_id, event_type_name, at, accepted, deliveries,
    delivered, failed, unsent, died, delivery_latency, endpoint_latency, delivery_percentiles, endpoint_percentiles)
  select application_id, 'minute', subscription_id, event_type_name, at, accepted, deliveries, delivered, failed, unsent,
    died, coalesce(delivery.histogram, '{}'), coalesce(endpoint.histogram, '{}'),
    coalesce(delivery.percentiles, '{}'), coalesce(endpoint.percentiles, '{}')
  from counted
  left join delivery using (application_id, at, subscription_id, event_type_name)
  left join endpoint using (application_id, at, subscription_id, event_type_name)
$$;

-- Makes the rows of the hours or days in a span of time from those of the minutes or hours.
create function fold_rollups(finer text, coarser text, since timestamptz, until timestamptz) returns void
language sql as $$
  with part as materialized (
    select application_id, date_trunc(coarser, at, 'UTC') as at, subscription_id, event_type_name, accepted, deliveries,
      delivered, failed, unsent, died, delivery_latency, endpoint_latency
    from analytics_rollup r where r.span = finer and r.at >= since and r.at < until
  ),
  counted as (
    select application_id, at, subscription_id, event_type_name, sum(accepted) as accepted,
      sum(deliveries) as deliveries, sum(delivered) as delivered, sum(failed) as failed, sum(unsent) as unsent,
      sum(died) as died
    from part group by 1, 2, 3, 4
  ),
  delivery as (
    select application_id, at, subscription_id, event_type_name,
      array_agg(256 * facts + bucket order by bucket) as histogram,
      array[
        min(bucket) filter (where up_to >= 0.50 * total),
        min(bucket) filter (where up_to >= 0.95 * total),
        min(bucket) filter (where up_to >= 0.99 * total)
      ] as percentiles
    from (
      select *, sum(facts) over (partition by application_id, at, subscription_id, event_type_name order by bucket) as up_to,
        sum(facts) over (partition by application_id, at, subscription_id, event_type_name) as total
      from (
        select application_id, at, subscription_id, event_type_name, entry % 256 as bucket,
          sum(entry / 256)::bigint as facts
        from part cross join unnest(delivery_latency) entry group by 1, 2, 3, 4, 5
      ) merged
    ) b group by 1, 2, 3, 4
  ),
  endpoint as (
    select application_id, at, subscription_id, event_type_name,
      array_agg(256 * facts + bucket order by bucket) as histogram,
      array[
        min(bucket) filter (where up_to >= 0.50 * total),
        min(bucket) filter (where up_to >= 0.95 * total),
        min(bucket) filter (where up_to >= 0.99 * total)
      ] as percentiles
    from (
      select *, sum(facts) over (partition by application_id, at, subscription_id, event_type_name order by bucket) as up_to,
        sum(facts) over (partition by application_id, at, subscription_id, event_type_name) as total
      from (
        select application_id, at, subscription_id, event_type_name, entry % 256 as bucket,
          sum(entry / 256)::bigint as facts
        from part cross join unnest(endpoint_latency) entry group by 1, 2, 3, 4, 5
      ) merged
    ) b group by 1, 2, 3, 4
  )
  insert into analytics_rollup (application_id, span, subscription_id, event_type_name, at, accepted, deliveries,
    delivered, failed, unsent, died, delivery_latency, endpoint_latency, delivery_percentiles, endpoint_percentiles)
  select application_id, coarser, subscription_id, event_type_name, at, accepted, deliveries, delivered, failed, unsent,
    died, coalesce(delivery.histogram, '{}'), coalesce(endpoint.histogram, '{}'),
    coalesce(delivery.percentiles, '{}'), coalesce(endpoint.percentiles, '{}')
  from counted
  left join delivery using (application_id, at, subscription_id, event_type_name)
  left join endpoint using (application_id, at, subscription_id, event_type_name)
$$;

-- Rolls up the next minutes that end by `settled`, at most `minutes_max` of them, and the hours and days that end with
-- them. Answers how far it is and how far it may go; nothing when another function is at it. What was there of that time
-- is made anew, so that setting the watermark back recomputes from the ledger.
create function roll_up(settled timestamptz, minutes_max integer)
returns table (rolled_up_until timestamptz, target timestamptz)
language plpgsql as $$
#variable_conflict use_column
declare
  since timestamptz;
  until timestamptz;
begin
  select w.rolled_up_until into since from analytics_watermark w for update skip locked;
  if not found then return; end if;
  -- A commit that is still to come carries times from before its transaction began.
  target := date_trunc('minute', settled - coalesce((
    select max(clock_timestamp() - s.xact_start) from pg_stat_activity s
    where s.datname = current_database() and s.backend_xid is not null and s.pid <> pg_backend_pid()
  ), interval '0'), 'UTC');
  if since = '-infinity' then
    since := date_trunc('minute', coalesce((
      select least(min(oldest.event), min(oldest.attempt)) from application a cross join lateral (
        select (select min(e.received_at) from event e where e.application_id = a.application_id) as event,
          (select min(r.created_at) from request_attempt r where r.application_id = a.application_id) as attempt
      ) oldest
    ), target), 'UTC');
  end if;
  until := least(target, since + minutes_max * interval '1 minute');
  if until > since then
    delete from analytics_rollup r where r.span = 'minute' and r.at >= since and r.at < until;
    perform roll_up_minutes(since, until);
    delete from analytics_rollup r where r.span = 'hour'
      and r.at >= date_trunc('hour', since, 'UTC') and r.at < date_trunc('hour', until, 'UTC');
    perform fold_rollups('minute', 'hour', date_trunc('hour', since, 'UTC'), date_trunc('hour', until, 'UTC'));
    delete from analytics_rollup r where r.span = 'day'
      and r.at >= date_trunc('day', since, 'UTC') and r.at < date_trunc('day', until, 'UTC');
    perform fold_rollups('hour', 'day', date_trunc('day', since, 'UTC'), date_trunc('day', until, 'UTC'));
  end if;
  until := greatest(since, until);
  update analytics_watermark w set rolled_up_until = until where w.rolled_up_until < until;
  return query select until, target;
end $$;
