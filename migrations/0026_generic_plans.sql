-- One plan for whatever is asked: Postgres would plan a claim of one delivery anew each time, because it takes the kept
-- plan to be about ten, and planning is half of what the claim takes.
alter function claim_attempts(uuid, timestamptz, timestamptz, timestamptz, boolean, uuid[], uuid[], uuid[])
  set plan_cache_mode = force_generic_plan;
alter function record_outcomes(uuid, timestamptz, jsonb, bytea[]) set plan_cache_mode = force_generic_plan;
alter function ingest_events(jsonb, bytea[], timestamptz, timestamptz, integer)
  set plan_cache_mode = force_generic_plan;
