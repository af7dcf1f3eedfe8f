-- RequestAttempt.list of what failed, which is rare among what did not. Costs nothing until an attempt fails.
create index request_attempt_failed on request_attempt (application_id, created_at desc, request_attempt_id desc)
  where failed_at is not null;
