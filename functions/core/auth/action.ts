/** What a user's role allows. Service tokens, application secrets and the master key are not bound by roles. */
export type Role = "viewer" | "editor";

const both: readonly Role[] = ["viewer", "editor"];
const editor: readonly Role[] = ["editor"];

/** Every action a route can require, with the roles that may take it (Hook0 5.4). */
const actionRoles = {
  "auth:logout": both,
  "auth:change_password": both,
  "organization:list": both,
  "organization:create": both,
  "organization:get": both,
  "organization:edit": editor,
  "organization:invite": editor,
  "organization:revoke": editor,
  "organization:edit_role": editor,
  "organization:delete": editor,
  "service_token:list": editor,
  "service_token:create": editor,
  "service_token:get": editor,
  "service_token:edit": editor,
  "service_token:delete": editor,
  "application:list": both,
  "application:create": editor,
  "application:get": both,
  "application:edit": editor,
  "application:delete": editor,
  "application_secret:list": editor,
  "application_secret:create": editor,
  "application_secret:edit": editor,
  "application_secret:delete": editor,
  "event_type:list": both,
  "event_type:create": editor,
  "event_type:get": both,
  "event_type:delete": editor,
  "schema:list": both,
  "schema:create": editor,
  "schema:get": both,
  "schema:edit": editor,
  "schema:try": both,
  "subscription:list": both,
  "subscription:create": editor,
  "subscription:get": both,
  "subscription:edit": editor,
  "subscription:delete": editor,
  "subscription:rotate_secret": editor,
  "event:list": both,
  "event:get": both,
  "event:ingest": editor,
  "event:replay": editor,
  "event:explain": both,
  "replay:list": both,
  "replay:create": editor,
  "replay:get": both,
  "replay:edit": editor,
  "erasure:list": both,
  "erasure:create": editor,
  "erasure:get": both,
  "request_attempt:list": both,
  "request_attempt:get": both,
  "request_attempt:retry": editor,
  "dead_letter:list": both,
  "dead_letter:retry": editor,
  "subscription:health": both,
  "response:get": both,
  "analytics:read": both,
  "events_per_day:application": both,
  "events_per_day:organization": both,
  "audit_log:list": editor,
  "token:revoke": editor,
};

export type Action = keyof typeof actionRoles;

export const allowedRoles: Readonly<Record<Action, readonly Role[]>> = actionRoles;

/** Actions on an organization as a whole, and on the person who signed in: no application's secret may take them. */
export function concernsOneApplication(action: Action): boolean {
  return !/^(auth|organization|service_token|audit_log|token):|^application:(list|create)$|:organization$/.test(
    action,
  );
}

/** Actions that show, make or hand out what gives rights: tokens, secrets, memberships. */
export function concernsCredentials(action: Action): boolean {
  return /^(service_token|application_secret):|^organization:(invite|edit_role)$/.test(action);
}
