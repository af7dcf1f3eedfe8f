-- When a task of the scheduler function is to be done next, so that several instances do it once between them.
create table upkeep (
  task text primary key,
  due_at timestamptz not null
);
insert into upkeep (task, due_at) values ('retention', '-infinity');

-- deleteEndedSessions, deleteEndedLinks
create index session_token_expiry on session_token (expires_at);
create index account_link_expiry on account_link (expires_at);

-- A request to erase events, worked off in steps, the first of them at once.
create table erasure (
  erasure_id uuid primary key default uuidv7(),
  application_id uuid not null references application on delete cascade,
  is_all_events boolean not null,
  -- Whose events; emptied when the work is done, for they may tell who the person is.
  labels jsonb not null,
  max_received_at timestamptz not null,
  state text not null check (state in ('running', 'completed')),
  events_erased integer not null default 0,
  attempts_erased integer not null default 0,
  -- The last event that has been judged.
  cursor_received_at timestamptz not null default '-infinity',
  cursor_event_id uuid not null default '00000000-0000-0000-0000-000000000000',
  advanced_at timestamptz not null,
  created_at timestamptz not null,
  ended_at timestamptz
);
-- Erasure.list
create index erasure_application on erasure (application_id, created_at desc, erasure_id desc);
-- Scheduler: advanceErasures
create index erasure_running on erasure (advanced_at, erasure_id) where state = 'running';

-- Deletes events with all their attempts, open ones too, at most `attempts_max` attempts at a time: an event goes with
-- its last attempt. Attempts that another function is writing at this moment are left to the next call.
-- `is_complete` says whether all these events are gone. Served by request_attempt_event and event_pkey.
create function delete_events(
  application uuid, ids uuid[], attempts_max integer,
  out events_deleted integer, out attempts_deleted integer, out is_complete boolean
)
language plpgsql as $$
begin
  delete from request_attempt
  where request_attempt_id = any (array(
    select a.request_attempt_id from request_attempt a
    where a.application_id = application and a.event_id = any (ids)
    limit attempts_max
    for update skip locked
  ));
  get diagnostics attempts_deleted = row_count;
  delete from event e
  where e.application_id = application and e.event_id = any (ids)
    and not exists (
      select from request_attempt a where a.application_id = application and a.event_id = e.event_id
    );
  get diagnostics events_deleted = row_count;
  is_complete := not exists (
    select from event e where e.application_id = application and e.event_id = any (ids)
  );
end $$;
