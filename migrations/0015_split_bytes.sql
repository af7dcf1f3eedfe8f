-- Consecutive pieces of `bytes` with these lengths: many payloads travel as one binary parameter.
create function split_bytes(bytes bytea, lengths integer[]) returns bytea[]
language sql immutable strict parallel safe as $$
  select coalesce(array_agg(substring(bytes from stop - length + 1 for length) order by ord), '{}')
  from (
    select length, ord, sum(length) over (order by ord)::integer as stop
    from unnest(lengths) with ordinality as l (length, ord)
  ) piece
$$;
