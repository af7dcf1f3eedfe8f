-- One row a try. The unfinished ones are the queue: SQS only carries their names.
create table request_attempt (
  request_attempt_id uuid primary key default uuidv7(),
  -- Event x subscription, named by the id of its first attempt; what an SQS message carries.
  delivery_id uuid not null,
  application_id uuid not null,
  event_id uuid not null,
  event_type_name text not null,
  subscription_id uuid not null,
  retry_count smallint not null,
  created_at timestamptz not null,
  -- Not to be sent earlier.
  due_at timestamptz not null,
  -- When the scheduler is to enqueue it: equal to due_at while nobody has it; the end of the lease of whoever does.
  enqueue_at timestamptz not null,
  -- Set while a delivery function has it, and fences out a late one: who no longer holds it can record nothing. Kept
  -- when it has ended, so that a function whose commit was not answered learns that it has recorded.
  lease_token uuid,
  picked_at timestamptz,
  succeeded_at timestamptz,
  failed_at timestamptz,
  response_error_name text,
  response_status smallint,
  response_headers jsonb,
  response_body bytea,
  response_elapsed_ms integer,
  check (succeeded_at is null or failed_at is null)
) with (fillfactor = 80); -- room for the claim, which changes no indexed column, to stay on the page (HOT)

-- Scheduler: claimDue
create index request_attempt_unfinished on request_attempt (enqueue_at)
  where succeeded_at is null and failed_at is null;
-- Delivery function: claim; abandonAttempts. Unique: a delivery has one open attempt at the most.
create unique index request_attempt_open on request_attempt (application_id, subscription_id, delivery_id)
  where succeeded_at is null and failed_at is null;
-- RequestAttempt.list, by application, by event and by subscription
create index request_attempt_application on request_attempt (application_id, created_at desc, request_attempt_id desc);
create index request_attempt_event on request_attempt (application_id, event_id);
create index request_attempt_subscription on request_attempt (subscription_id, created_at desc, request_attempt_id desc);
