create table subscription (
  subscription_id uuid primary key default uuidv7(),
  application_id uuid not null references application on delete cascade,
  is_enabled boolean not null,
  event_types text[] not null,
  description text,
  secret uuid not null default gen_random_uuid(),
  metadata jsonb not null,
  labels jsonb not null,
  target_method text not null,
  target_url text not null,
  target_headers jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz
);
-- Subscription.list
create index subscription_application on subscription (application_id, created_at) where deleted_at is null;

-- Where an event is routed. Only enabled subscriptions have rows here, one for each event type. `anchor` is one of the
-- subscription's labels: an event can only match if it carries that very label, so that a look-up by the event's few
-- labels finds the candidates among ten thousand subscriptions to the same event type without reading the others.
create table subscription_route (
  application_id uuid not null,
  event_type_name text not null,
  anchor text not null,
  subscription_id uuid not null references subscription on delete cascade,
  labels jsonb not null,
  primary key (application_id, event_type_name, anchor, subscription_id)
);
-- Replacing the routes of one subscription.
create index subscription_route_subscription on subscription_route (subscription_id);

-- The labels of an event or a subscription as anchors, in the order of their keys.
create function label_anchors(labels jsonb) returns text[] language sql immutable parallel safe as $$
  select coalesce(array_agg(key || '=' || value order by key), '{}') from jsonb_each_text(labels)
$$;

-- Subscriptions that an event goes to: same type, and every label of the subscription on the event (Hook0 3.3).
create function matching_subscriptions(application uuid, event_type text, event_labels jsonb)
returns table (subscription_id uuid) language sql stable as $$
  select r.subscription_id
  from subscription_route r
  where r.application_id = application
    and r.event_type_name = event_type
    and r.anchor = any (label_anchors(event_labels))
    and event_labels @> r.labels
$$;
