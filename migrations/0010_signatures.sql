-- In which forms the requests of a subscription are signed; Hook0's alone unless it says otherwise.
alter table subscription add column signatures text[] not null default '{hook0}'
  check (cardinality(signatures) > 0 and signatures <@ '{hook0,standard,standard_ed25519}'::text[]);

-- The key of Standard Webhooks, as its libraries take it. 32 bytes of 244 random bits: Postgres has no other source of
-- randomness without an extension.
alter table subscription add column standard_secret text not null
  default 'whsec_' || encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64');

-- What was rotated out, and the instant from which it signs nothing any more.
alter table subscription add column previous_secret uuid;
alter table subscription add column previous_standard_secret text;
alter table subscription add column previous_secrets_until timestamptz;
alter table subscription add constraint subscription_previous_secrets
  check (num_nulls(previous_secret, previous_standard_secret, previous_secrets_until) in (0, 3));

-- The Ed25519 key pair of an application, made when a subscription first asks for such signatures.
create table application_signing_key (
  application_id uuid primary key references application on delete cascade,
  -- Seed and public key, as Standard Webhooks writes them.
  key_pair text not null check (key_pair like 'whsk\_%'),
  created_at timestamptz not null
);
