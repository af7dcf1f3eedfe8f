-- What an organization may use. Null means without limit, but for retention, where the instance's holds.
create table plan (
  name text primary key,
  label text not null,
  members_per_organization_limit integer,
  applications_per_organization_limit integer,
  events_per_day_limit integer,
  days_of_events_retention_limit integer,
  subscriptions_per_application_limit integer,
  event_types_per_application_limit integer
);
alter table organization add column plan_name text references plan;

-- Overrides of one application.
alter table application add column events_per_day_limit integer;
alter table application add column days_of_events_retention_limit integer;

-- Events accepted on a UTC day. Several rows a day, one for each of a few connections, so that no row is hot.
create table event_day (
  application_id uuid not null,
  day date not null,
  shard smallint not null,
  amount bigint not null,
  primary key (application_id, day, shard)
) with (fillfactor = 50);

-- Which quota mails went out, once a day each.
create table quota_notification (
  application_id uuid not null references application on delete cascade,
  day date not null,
  kind text not null check (kind in ('quota_warning', 'quota_reached')),
  primary key (application_id, day, kind)
);

-- The limit of events a day of each application and what it has used, as {application: {quota, used}}.
--
-- Far from the limit nobody waits, and events that are being stored at the same moment may not be counted yet. Within a
-- thousand of it the application's requests are counted one after the other, exactly: the limit is never passed.
create function event_quotas(applications uuid[], today date, incoming integer, day_limit integer) returns jsonb
language plpgsql as $$
declare
  quotas jsonb := '{}';
  app uuid;
  quota integer;
  used bigint;
begin
  foreach app in array applications loop
    select coalesce(a.events_per_day_limit, case when o.plan_name is null then day_limit else p.events_per_day_limit end)
    into quota
    from application a join organization o using (organization_id) left join plan p on p.name = o.plan_name
    where a.application_id = app;
    continue when quota is null;
    select coalesce(sum(amount), 0) into used from event_day where application_id = app and day = today;
    if used + incoming > quota - 1000 then
      perform pg_advisory_xact_lock(hashtextextended(app::text, 0));
      -- A new snapshot: what the one before us stored is in it.
      select coalesce(sum(amount), 0) into used from event_day where application_id = app and day = today;
    end if;
    quotas := quotas || jsonb_build_object(app, jsonb_build_object('quota', quota, 'used', used));
  end loop;
  return quotas;
end $$;
