-- W3C trace context that an event came with. In a table of its own: few have one, and storing an event costs the others
-- nothing for it.
create table event_trace (
  application_id uuid not null,
  event_id uuid not null,
  traceparent text not null,
  tracestate text,
  -- Delivery function: claim; delete_events
  primary key (application_id, event_id)
);

alter table subscription add column forward_trace_context boolean not null default false;

-- As in 0013_retention.sql, and the trace context goes with its event.
create or replace function delete_events(
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
  delete from event_trace t
  where t.application_id = application and t.event_id = any (ids)
    and not exists (select from event e where e.application_id = application and e.event_id = t.event_id);
  is_complete := not exists (
    select from event e where e.application_id = application and e.event_id = any (ids)
  );
end $$;
