-- Ingestion of many events at once without what grows with their square, and without a call of a function for each.

-- As before, with the event's labels as anchors in the statement itself: `label_anchors` cannot be inlined, and starting
-- it took half of a look-up.
create or replace function matching_subscriptions(
  application uuid, event_type text, event_labels jsonb, has_patterns boolean
)
returns table (subscription_id uuid) language sql stable as $$
  select r.subscription_id
  from subscription_route r
  where not has_patterns
    and r.application_id = application
    and r.event_type_name = event_type
    and r.anchor = any (array(select key || '=' || value from jsonb_each_text(event_labels)))
    and event_labels @> r.labels
  union all
  -- One subscription may fit by several of its patterns.
  select distinct r.subscription_id
  from subscription_route r
  where has_patterns
    and r.application_id = application
    and r.event_type_name = any (route_names(event_type))
    and r.anchor = any (array(select key || '=' || value from jsonb_each_text(event_labels)))
    and event_labels @> r.labels
$$;
drop function label_anchors(jsonb);

create or replace function ingest_events(
  items jsonb, payloads bytea[], received timestamptz, lease_end timestamptz, day_limit integer
)
returns table (
  item bigint, problem text, event_id uuid, delivery_ids uuid[], subscription_ids uuid[], quota integer, used bigint
)
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  today date := (received at time zone 'utc')::date;
  quotas jsonb := '{}';
begin
  if day_limit is not null then
    quotas := event_quotas(array(select distinct (i ->> 'application_id')::uuid from jsonb_array_elements(items) i), today,
      jsonb_array_length(items), day_limit);
  end if;

  return query
  with judged as materialized (
    select i.ord, i.application_id, coalesce(i.event_id, uuidv7()) as event_id, i.event_type_name,
      i.payload_content_type, i.ip, i.metadata, i.labels, i.occurred_at, a.has_patterns,
      case
        when i.secret is not null and s.token is null then 'AuthInvalidBiscuit'
        when i.revocation_id is not null and t.token_id is null and u.revocation_id is null then 'AuthInvalidBiscuit'
        when i.child_revocation_ids is not null and exists (
          select from revoked_block b
          where b.revocation_id = any (array(select decode(c, 'hex') from jsonb_array_elements_text(i.child_revocation_ids) c))
        ) then 'AuthInvalidBiscuit'
        when a.application_id is null or a.organization_id <> i.organization_id
          or s.application_id <> i.application_id then 'Forbidden'
        when u.user_id is not null and not exists (
          select from organization_member m
          where m.organization_id = a.organization_id and m.user_id = u.user_id and m.role = 'editor'
        ) then 'Forbidden'
        when et.event_type_name is null then 'EventTypeDoesNotExist'
        when et.schema_in_force is distinct from i.judged_by then 'SchemaChanged'
        when i.is_refused_by_schema then 'Validation'
      end as refusal,
      i.schema_version, i.schema_findings
    from rows from (jsonb_to_recordset(items) as (
      application_id uuid, event_id uuid, event_type_name text, payload_content_type text, ip inet, metadata jsonb,
      labels jsonb, occurred_at timestamptz, organization_id uuid, secret uuid, revocation_id text,
      child_revocation_ids jsonb, judged_by text, is_refused_by_schema boolean, schema_version integer, schema_findings jsonb
    )) with ordinality as i (
      application_id, event_id, event_type_name, payload_content_type, ip, metadata,
      labels, occurred_at, organization_id, secret, revocation_id, child_revocation_ids,
      judged_by, is_refused_by_schema, schema_version, schema_findings, ord
    )
    left join application_secret s on s.token = i.secret and s.deleted_at is null
    left join token t on t.revocation_id = decode(i.revocation_id, 'hex')
      and (t.expires_at is null or t.expires_at > received)
    left join session_token u on u.revocation_id = decode(i.revocation_id, 'hex')
      and u.kind = 'user_access' and u.expires_at > received
    left join application a on a.application_id = i.application_id and a.deleted_at is null
    left join event_type et on et.application_id = i.application_id
      and et.event_type_name = i.event_type_name and et.deactivated_at is null
  ),
  ranked as materialized (
    select *,
      (quotas -> application_id::text ->> 'quota')::integer as quota,
      (quotas -> application_id::text ->> 'used')::bigint
        + row_number() over (partition by application_id order by ord) as used
    from (
      select distinct on (application_id, event_id) * from judged
      -- Not `is null`, which the planner takes to hold for one in two hundred: it would join what was stored by comparing
      -- each with each.
      where num_nonnulls(refusal) < 1
      order by application_id, event_id, ord
    ) once
  ),
  stored as (
    insert into event (application_id, event_id, event_type_name, payload, payload_content_type, ip, metadata, labels,
      occurred_at, received_at, schema_version, schema_findings)
    select application_id, event_id, event_type_name, payloads[ord], payload_content_type, ip, metadata, labels,
      occurred_at, received, schema_version, schema_findings
    from ranked
    where quota is null or used <= quota
    on conflict do nothing
    returning application_id, event_id
  ),
  accepted as materialized (
    select r.* from ranked r join stored s using (application_id, event_id)
  ),
  fan_out as materialized (
    select a.ord, uuidv7() as id, a.application_id, a.event_id, a.event_type_name, m.subscription_id
    from accepted a
    cross join lateral matching_subscriptions(a.application_id, a.event_type_name, a.labels, a.has_patterns) m
  ),
  attempts as (
    insert into request_attempt (request_attempt_id, delivery_id, application_id, event_id, event_type_name,
      subscription_id, retry_count, created_at, due_at, enqueue_at)
    select id, id, application_id, event_id, event_type_name, subscription_id, 0, received, received, lease_end
    from fan_out
  ),
  counted as (
    -- Each connection counts in a row of its own, so that none waits for another.
    insert into event_day (application_id, day, shard, amount)
    select application_id, today, pg_backend_pid() % 16, count(*) from accepted group by application_id
    order by application_id
    on conflict (application_id, day, shard) do update set amount = event_day.amount + excluded.amount
  ),
  found as (
    insert into event_schema_day (application_id, event_type_name, day, shard, warned, refused)
    select j.application_id, j.event_type_name, today, pg_backend_pid() % 16,
      count(a.ord), count(*) filter (where j.refusal = 'Validation')
    from judged j left join accepted a on a.ord = j.ord
    where (a.ord is not null and j.schema_findings is not null) or j.refusal = 'Validation'
    group by j.application_id, j.event_type_name
    order by j.application_id, j.event_type_name
    on conflict (application_id, event_type_name, day, shard) do update
      set warned = event_schema_day.warned + excluded.warned, refused = event_schema_day.refused + excluded.refused
  )
  select j.ord,
    case
      when j.refusal is not null then j.refusal
      when a.ord is not null then null
      when r.used > r.quota then 'TooManyEventsToday'
      else 'EventAlreadyIngested'
    end,
    j.event_id, d.delivery_ids, d.subscription_ids, r.quota, r.used
  from judged j
  left join ranked r on r.ord = j.ord
  left join accepted a on a.ord = j.ord
  left join (
    select f.ord, array_agg(f.id) as delivery_ids, array_agg(f.subscription_id) as subscription_ids
    from fan_out f group by f.ord
  ) d on d.ord = j.ord
  order by j.ord;
end $$;
