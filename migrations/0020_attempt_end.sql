-- When a delivery failed for good; unlike dead_at it stays when the delivery is sent again, so that deaths can be counted
-- at any time after.
alter table request_attempt add column died_at timestamptz;
update request_attempt set died_at = dead_at where dead_at is not null;

-- analytics_facts: attempts that ended in a span of time
create index request_attempt_ended on request_attempt (application_id, (coalesce(succeeded_at, failed_at)))
  where succeeded_at is not null or failed_at is not null;
