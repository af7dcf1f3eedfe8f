-- How one subscription wants to be delivered to; null means as the instance does.
alter table subscription add column retry_policy jsonb;
alter table subscription add column timeout_seconds smallint;
alter table subscription add column rate_limit_per_second integer;
alter table subscription add column concurrency_limit integer;
-- Why it was disabled, when that was not a person's doing.
alter table subscription add column disabled_reason text check (disabled_reason in ('gone', 'failing'));

-- How the endpoint of a subscription does. A row exists from its first failure on.
create table subscription_health (
  subscription_id uuid primary key references subscription on delete cascade,
  -- Failures since the last success, and when the first of them was.
  failures integer not null default 0,
  failing_since timestamptz,
  -- Nothing is sent before this; and why.
  paused_until timestamptz,
  pause_reason text check (pause_reason in ('slowed', 'broken')),
  -- Pauses since the last success.
  pauses integer not null default 0
);

-- The end of a delivery that failed for good. Cleared when it is sent again.
alter table request_attempt add column dead_at timestamptz;
-- DeadLetter.list, DeadLetter.retry
create index request_attempt_dead on request_attempt (application_id, dead_at desc, request_attempt_id desc)
  where dead_at is not null;
