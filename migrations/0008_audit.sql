-- Who changed what, from where. Kept as long as the organization.
create table audit_entry (
  audit_entry_id uuid primary key default uuidv7(),
  organization_id uuid not null references organization on delete cascade,
  application_id uuid,
  actor_kind text not null check (actor_kind in ('user', 'service_token', 'application_secret', 'master')),
  actor_id text,
  action text not null,
  subject text,
  ip inet not null,
  at timestamptz not null
);
-- AuditEntry.list
create index audit_entry_organization on audit_entry (organization_id, at desc, audit_entry_id desc);
