-- Sessions of people: an access and a refresh token, both Biscuits, known here by their revocation ids only.
create table session_token (
  revocation_id bytea primary key,
  kind text not null check (kind in ('user_access', 'refresh')),
  user_id uuid not null references user_account on delete cascade,
  session_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
-- Ending a session, or all of a user's.
create index session_token_user on session_token (user_id, session_id);

-- Attenuated tokens revoked alone: the revocation id of one of their later blocks.
create table revoked_block (
  revocation_id bytea primary key,
  organization_id uuid not null references organization on delete cascade,
  created_at timestamptz not null
);

-- Links sent by mail. Only a hash is kept: who reads this table cannot use them. Each works once.
create table account_link (
  token_hash bytea primary key,
  user_id uuid not null references user_account on delete cascade,
  purpose text not null check (purpose in ('verify_email', 'reset_password')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
-- How many were sent to a user lately.
create index account_link_user on account_link (user_id, created_at);

-- People invited who have no account yet: they join when they have registered and proven their address.
create table invitation (
  organization_id uuid not null references organization on delete cascade,
  email text not null,
  role text not null check (role in ('viewer', 'editor')),
  created_at timestamptz not null
);
create unique index invitation_email on invitation (organization_id, lower(email));

-- Mail to be sent: written in the transaction that is the reason for it, sent after the commit, until it is.
create table outgoing_mail (
  mail_id uuid primary key default uuidv7(),
  kind text not null,
  address text not null,
  data jsonb not null,
  created_at timestamptz not null,
  due_at timestamptz not null,
  tries integer not null default 0
);
-- flushMail
create index outgoing_mail_due on outgoing_mail (due_at);
