-- Token buckets shared by all function instances. Unlogged: losing them in a crash only forgives.
create unlogged table rate_limit (
  key text primary key,
  -- The instant at which the bucket is full again (generic cell rate algorithm).
  full_at timestamptz not null
) with (fillfactor = 50);

-- Takes up to `wanted` permits of a bucket and returns how many it got, and in how many seconds there is one when none.
create function take_permits(bucket text, wanted integer, burst integer, per_second double precision, at timestamptz)
returns table (granted integer, retry_after double precision)
language plpgsql as $$
declare
  step interval := interval '1 second' / per_second;
  filled timestamptz;
  free integer;
begin
  insert into rate_limit (key, full_at) values (bucket, at) on conflict do nothing;
  select greatest(full_at, at) into filled from rate_limit where key = bucket for update;
  free := floor(burst - extract(epoch from filled - at) * per_second + 1e-6);
  granted := greatest(0, least(wanted, free));
  if granted > 0 then
    update rate_limit set full_at = filled + step * granted where key = bucket;
  end if;
  retry_after := case when granted > 0 then 0 else extract(epoch from filled - at) - (burst - 1) / per_second end;
  return next;
end $$;
