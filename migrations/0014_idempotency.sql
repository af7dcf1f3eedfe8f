-- First answers to requests with an `Idempotency-Key`, kept for a day. Without an answer, the first is still under way.
create table idempotency_key (
  -- SHA-256 of credential, route and key.
  scope bytea primary key,
  body_hash bytea not null,
  created_at timestamptz not null,
  -- Until when the request under way is trusted to answer.
  lease_end timestamptz not null,
  status smallint,
  content_type text,
  body text
);
-- begin_idempotent: what has expired.
create index idempotency_key_created on idempotency_key (created_at);

-- Takes the key for a request, or tells what became of the one that has it: of requests at the same moment one is
-- first. Each call clears away a few expired keys, so that nobody else needs to.
create function begin_idempotent(request bytea, request_body bytea, at timestamptz, until timestamptz)
returns table (is_first boolean, is_same_body boolean, status smallint, content_type text, body text)
language plpgsql as $$
#variable_conflict use_column
begin
  delete from idempotency_key where scope = any (array(
    select scope from idempotency_key where created_at <= at - interval '1 day'
    order by created_at limit 10 for update skip locked
  ));
  insert into idempotency_key as k (scope, body_hash, created_at, lease_end)
  values (request, request_body, at, until)
  on conflict (scope) do update
    set body_hash = excluded.body_hash, created_at = excluded.created_at, lease_end = excluded.lease_end,
      status = null, content_type = null, body = null
    where k.created_at <= at - interval '1 day' or (k.status is null and k.lease_end <= at);
  if found then
    return query select true, true, null::smallint, null::text, null::text;
  else
    return query select false, k.body_hash = request_body, k.status, k.content_type, k.body
      from idempotency_key k where k.scope = request;
  end if;
end $$;
