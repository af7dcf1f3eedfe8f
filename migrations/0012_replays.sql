-- A job that sends the events of a filter again, worked off by the scheduler function, oldest event first.
create table replay (
  replay_id uuid primary key default uuidv7(),
  application_id uuid not null references application on delete cascade,
  -- The filter; null is any.
  event_type_names text[],
  labels jsonb,
  min_received_at timestamptz,
  max_received_at timestamptz not null,
  subscription_id uuid,
  status text not null check (status in ('all', 'dead', 'failed', 'never_attempted')),
  attempts_per_second integer not null check (attempts_per_second > 0),
  state text not null check (state in ('running', 'paused', 'completed', 'cancelled')),
  attempts_expected integer not null,
  -- False when the filter has more events than are counted: there are as many attempts as expected, or more.
  is_exact boolean not null,
  attempts_made integer not null default 0,
  -- The last delivery that has been judged. It only moves on, in the statement that inserts the attempts before it.
  cursor_received_at timestamptz not null,
  cursor_event_id uuid not null default '00000000-0000-0000-0000-000000000000',
  cursor_subscription_id uuid not null default '00000000-0000-0000-0000-000000000000',
  -- When the next attempt may be due: what keeps the pace.
  next_due_at timestamptz not null,
  -- The job that has waited longest goes first.
  advanced_at timestamptz not null,
  created_at timestamptz not null,
  ended_at timestamptz
);
-- Replay.list
create index replay_application on replay (application_id, created_at desc, replay_id desc);
-- Scheduler: advanceReplays
create index replay_running on replay (advanced_at, replay_id) where state = 'running';

-- Whether the deliveries of an event to a subscription are, taken together, of this status. The one definition:
--   never_attempted  no request was ever answered or failed, and none is open
--   failed           nothing has been delivered since the latest failure, and none is open
--   dead             failed, and there is a dead letter of it
create function has_delivery_status(wanted text, application uuid, event uuid, subscription uuid) returns boolean
language sql stable as $$
  select not coalesce(bool_or(a.succeeded_at is null and a.failed_at is null), false)
    and case wanted
      when 'never_attempted' then count(a.response_elapsed_ms) = 0
      when 'failed' then coalesce(max(a.failed_at) > coalesce(max(a.succeeded_at), '-infinity'), false)
      when 'dead' then coalesce(max(a.dead_at) > coalesce(max(a.succeeded_at), '-infinity'), false)
    end
  from request_attempt a
  where a.application_id = application and a.event_id = event and a.subscription_id = subscription
$$;

-- Subscriptions that a replay sends an event to: those that match it now, within the filter.
create function replay_subscriptions(
  application uuid, event uuid, event_type text, event_labels jsonb, only_subscription uuid, wanted text
)
returns table (subscription_id uuid) language sql stable as $$
  select m.subscription_id
  from matching_subscriptions(application, event_type, event_labels) m
  where (only_subscription is null or m.subscription_id = only_subscription)
    and (wanted = 'all' or has_delivery_status(wanted, application, event, m.subscription_id))
$$;
