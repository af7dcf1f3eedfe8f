create table organization (
  organization_id uuid primary key default uuidv7(),
  name text not null,
  created_at timestamptz not null
);

create table user_account (
  user_id uuid primary key default uuidv7(),
  email text not null,
  password_hash text not null,
  first_name text not null,
  last_name text not null,
  created_at timestamptz not null,
  email_verified_at timestamptz
);
-- One account an address, whatever its case.
create unique index user_account_email on user_account (lower(email));

create table organization_member (
  organization_id uuid not null references organization on delete cascade,
  user_id uuid not null references user_account on delete cascade,
  role text not null check (role in ('viewer', 'editor')),
  created_at timestamptz not null,
  primary key (organization_id, user_id)
);
-- The organizations of a user.
create index organization_member_user on organization_member (user_id);

create table application (
  application_id uuid primary key default uuidv7(),
  organization_id uuid not null references organization on delete cascade,
  name text not null,
  created_at timestamptz not null,
  deleted_at timestamptz
);
-- Application.list
create index application_organization on application (organization_id) where deleted_at is null;

create table application_secret (
  token uuid primary key default gen_random_uuid(),
  application_id uuid not null references application on delete cascade,
  name text,
  created_at timestamptz not null,
  deleted_at timestamptz
);
-- ApplicationSecret.list
create index application_secret_application on application_secret (application_id) where deleted_at is null;

-- The allow list of Biscuits: a token is good while the revocation id of its first block stands here, unexpired.
create table token (
  token_id uuid primary key default uuidv7(),
  kind text not null check (kind in ('service_access')),
  revocation_id bytea not null unique,
  organization_id uuid not null references organization on delete cascade,
  name text not null,
  biscuit text not null,
  created_at timestamptz not null,
  expires_at timestamptz
);
-- ServiceToken.list
create index token_organization on token (organization_id, created_at);
