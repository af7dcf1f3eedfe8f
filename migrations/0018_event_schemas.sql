-- Versions of the JSON Schema that an event type's payloads are to follow. A version never changes.
create table event_schema (
  application_id uuid not null,
  event_type_name text not null,
  version integer not null,
  -- Text, because jsonb would reorder it.
  definition json not null,
  created_at timestamptz not null,
  primary key (application_id, event_type_name, version),
  foreign key (application_id, event_type_name) references event_type on delete cascade
);

alter table event_type
  add schema_mode text not null default 'off' check (schema_mode in ('off', 'warn', 'enforce')),
  -- The version that payloads are judged by.
  add schema_version integer,
  add schema_in_force text generated always as (
    case when schema_mode <> 'off' then schema_mode || ' ' || schema_version::text end
  ) stored,
  add foreign key (application_id, event_type_name, schema_version)
    references event_schema (application_id, event_type_name, version) on delete set null (schema_version);

alter table event
  -- What its payload was judged by, and what of it broke that; null when nothing did.
  add schema_version integer,
  add schema_findings jsonb;

-- Events a day that broke their type's schema: stored with a warning, or refused.
create table event_schema_day (
  application_id uuid not null references application on delete cascade,
  event_type_name text not null,
  day date not null,
  shard smallint not null,
  warned bigint not null,
  refused bigint not null,
  primary key (application_id, event_type_name, day, shard)
);
