create table event_type (
  application_id uuid not null references application on delete cascade,
  event_type_name text not null,
  service_name text not null,
  resource_type_name text not null,
  verb_name text not null,
  created_at timestamptz not null,
  deactivated_at timestamptz,
  primary key (application_id, event_type_name)
);

-- No foreign keys on the two hot tables: they cost 30 to 50 % of ingestion, and the ingest function checks the same
-- things in the same statement.
create table event (
  application_id uuid not null,
  event_id uuid not null,
  event_type_name text not null,
  payload bytea not null,
  payload_content_type text not null,
  ip inet not null,
  metadata jsonb not null,
  labels jsonb not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  -- An event id is unique within its application and says nothing about another's.
  primary key (application_id, event_id)
);
-- Event.list
create index event_received on event (application_id, received_at desc, event_id desc);
