import { randomUUID } from "node:crypto";
import type { Action } from "#core/auth/action.ts";
import { eventPost, subscriptionPost, type Tenant } from "./world.ts";

/** What exists in a tenant, for routes that name one thing. */
export interface Fixtures extends Tenant {
  readonly subscription_id: string;
  readonly event_id: string;
  readonly request_attempt_id: string;
  readonly replay_id: string;
  readonly erasure_id: string;
  /** A viewer. */
  readonly member_id: string;
  readonly spare_token_id: string;
  /** A token attenuated from the tenant's own. */
  readonly child_token: string;
}

export interface RouteCase {
  readonly action: Action;
  readonly method: string;
  /** As the router knows it. */
  readonly route: string;
  /** Whether an application secret may take it. */
  readonly scope: "application" | "organization" | "person";
  readonly success: number;
  /** A right request on the tenant's own things. */
  readonly request: (tenant: Fixtures) => { path: string; body?: unknown };
}

const inApplication = (path: string) => (tenant: Fixtures) => ({
  path: `${path}?application_id=${tenant.application_id}`,
});
const inOrganization = (path: string) => (tenant: Fixtures) => ({
  path: `${path}?organization_id=${tenant.organization_id}`,
});

/** Every route that needs a token, destructive ones last within their resource. A test keeps it complete. */
export const routeCases: readonly RouteCase[] = [
  {
    action: "organization:list",
    method: "GET",
    route: "/organizations",
    scope: "organization",
    success: 200,
    request: () => ({ path: "/organizations" }),
  },
  {
    action: "organization:create",
    method: "POST",
    route: "/organizations",
    scope: "person",
    success: 200,
    request: () => ({ path: "/organizations", body: { name: "Another" } }),
  },
  {
    action: "organization:get",
    method: "GET",
    route: "/organizations/:organization_id",
    scope: "organization",
    success: 200,
    request: ({ organization_id }) => ({ path: `/organizations/${organization_id}` }),
  },
  {
    action: "organization:edit",
    method: "PUT",
    route: "/organizations/:organization_id",
    scope: "organization",
    success: 200,
    request: ({ organization_id }) => ({
      path: `/organizations/${organization_id}`,
      body: { name: "Renamed" },
    }),
  },
  {
    action: "organization:invite",
    method: "POST",
    route: "/organizations/:organization_id/invite",
    scope: "organization",
    success: 200,
    request: ({ organization_id }) => ({
      path: `/organizations/${organization_id}/invite`,
      body: { email: `${randomUUID()}@example.com`, role: "viewer" },
    }),
  },
  {
    action: "organization:edit_role",
    method: "PUT",
    route: "/organizations/:organization_id/invite",
    scope: "organization",
    success: 200,
    request: ({ organization_id, member_id }) => ({
      path: `/organizations/${organization_id}/invite`,
      body: { user_id: member_id, role: "editor" },
    }),
  },
  {
    action: "organization:revoke",
    method: "DELETE",
    route: "/organizations/:organization_id/invite",
    scope: "organization",
    success: 200,
    request: ({ organization_id, member_id }) => ({
      path: `/organizations/${organization_id}/invite`,
      body: { user_id: member_id },
    }),
  },
  {
    action: "events_per_day:organization",
    method: "GET",
    route: "/events_per_day/organization",
    scope: "organization",
    success: 200,
    request: inOrganization("/events_per_day/organization"),
  },
  {
    action: "events_per_day:application",
    method: "GET",
    route: "/events_per_day/application",
    scope: "application",
    success: 200,
    request: inApplication("/events_per_day/application"),
  },
  {
    action: "audit_log:list",
    method: "GET",
    route: "/audit_log",
    scope: "organization",
    success: 200,
    request: inOrganization("/audit_log"),
  },
  {
    action: "token:revoke",
    method: "POST",
    route: "/revoked_tokens",
    scope: "organization",
    success: 201,
    request: ({ organization_id, child_token }) => ({
      path: "/revoked_tokens",
      body: { organization_id, token: child_token },
    }),
  },
  {
    action: "application:list",
    method: "GET",
    route: "/applications",
    scope: "organization",
    success: 200,
    request: inOrganization("/applications"),
  },
  {
    action: "application:create",
    method: "POST",
    route: "/applications",
    scope: "organization",
    success: 201,
    request: ({ organization_id }) => ({ path: "/applications", body: { organization_id, name: "Another" } }),
  },
  {
    action: "application:get",
    method: "GET",
    route: "/applications/:application_id",
    scope: "application",
    success: 200,
    request: ({ application_id }) => ({ path: `/applications/${application_id}` }),
  },
  {
    action: "application:edit",
    method: "PUT",
    route: "/applications/:application_id",
    scope: "application",
    success: 200,
    request: ({ organization_id, application_id }) => ({
      path: `/applications/${application_id}`,
      body: { organization_id, name: "Renamed" },
    }),
  },
  {
    action: "application_secret:list",
    method: "GET",
    route: "/application_secrets",
    scope: "application",
    success: 200,
    request: inApplication("/application_secrets"),
  },
  {
    action: "application_secret:create",
    method: "POST",
    route: "/application_secrets",
    scope: "application",
    success: 201,
    request: ({ application_id }) => ({ path: "/application_secrets", body: { application_id } }),
  },
  {
    action: "application_secret:edit",
    method: "PUT",
    route: "/application_secrets/:application_secret_token",
    scope: "application",
    success: 200,
    request: ({ application_id, application_secret }) => ({
      path: `/application_secrets/${application_secret}`,
      body: { application_id, name: "renamed" },
    }),
  },
  {
    action: "event_type:list",
    method: "GET",
    route: "/event_types",
    scope: "application",
    success: 200,
    request: inApplication("/event_types"),
  },
  {
    action: "event_type:create",
    method: "POST",
    route: "/event_types",
    scope: "application",
    success: 201,
    request: ({ application_id }) => ({
      path: "/event_types",
      body: { application_id, service: "a", resource_type: "b", verb: "c" },
    }),
  },
  {
    action: "event_type:get",
    method: "GET",
    route: "/event_types/:event_type_name",
    scope: "application",
    success: 200,
    request: inApplication("/event_types/shop.order.paid"),
  },
  {
    action: "schema:create",
    method: "POST",
    route: "/event_types/:event_type_name/schemas",
    scope: "application",
    success: 201,
    request: ({ application_id }) => ({
      path: "/event_types/shop.order.paid/schemas",
      body: { application_id, schema: { type: "object" } },
    }),
  },
  {
    action: "schema:edit",
    method: "PUT",
    route: "/event_types/:event_type_name/schema_mode",
    scope: "application",
    success: 200,
    request: ({ application_id }) => ({
      path: "/event_types/shop.order.paid/schema_mode",
      body: { application_id, mode: "warn" },
    }),
  },
  {
    action: "schema:try",
    method: "POST",
    route: "/event_types/:event_type_name/schemas/dry_run",
    scope: "application",
    success: 200,
    request: ({ application_id }) => ({
      path: "/event_types/shop.order.paid/schemas/dry_run",
      body: { application_id, schema: { type: "object" } },
    }),
  },
  {
    action: "schema:list",
    method: "GET",
    route: "/event_types/:event_type_name/schemas",
    scope: "application",
    success: 200,
    request: inApplication("/event_types/shop.order.paid/schemas"),
  },
  {
    action: "schema:list",
    method: "GET",
    route: "/event_types/:event_type_name/schema_statistics",
    scope: "application",
    success: 200,
    request: inApplication("/event_types/shop.order.paid/schema_statistics"),
  },
  {
    action: "schema:get",
    method: "GET",
    route: "/event_types/:event_type_name/schemas/:version",
    scope: "application",
    success: 200,
    request: inApplication("/event_types/shop.order.paid/schemas/1"),
  },
  {
    action: "schema:get",
    method: "GET",
    route: "/event_types/:event_type_name/schemas/:version/example",
    scope: "application",
    success: 200,
    request: inApplication("/event_types/shop.order.paid/schemas/1/example"),
  },
  {
    action: "subscription:list",
    method: "GET",
    route: "/subscriptions",
    scope: "application",
    success: 200,
    request: inApplication("/subscriptions"),
  },
  {
    action: "subscription:create",
    method: "POST",
    route: "/subscriptions",
    scope: "application",
    success: 201,
    request: (tenant) => ({ path: "/subscriptions", body: subscriptionPost(tenant, "https://example.com/") }),
  },
  {
    action: "subscription:get",
    method: "GET",
    route: "/subscriptions/:subscription_id",
    scope: "application",
    success: 200,
    request: ({ subscription_id }) => ({ path: `/subscriptions/${subscription_id}` }),
  },
  {
    action: "subscription:edit",
    method: "PUT",
    route: "/subscriptions/:subscription_id",
    scope: "application",
    success: 200,
    request: (tenant) => ({
      path: `/subscriptions/${tenant.subscription_id}`,
      body: subscriptionPost(tenant, "https://example.com/"),
    }),
  },
  {
    action: "subscription:rotate_secret",
    method: "POST",
    route: "/subscriptions/:subscription_id/rotate_secret",
    scope: "application",
    success: 200,
    request: ({ application_id, subscription_id }) => ({
      path: `/subscriptions/${subscription_id}/rotate_secret`,
      body: { application_id },
    }),
  },
  {
    action: "subscription:health",
    method: "GET",
    route: "/subscriptions/:subscription_id/health",
    scope: "application",
    success: 200,
    request: ({ subscription_id }) => ({ path: `/subscriptions/${subscription_id}/health` }),
  },
  {
    action: "dead_letter:list",
    method: "GET",
    route: "/dead_letters",
    scope: "application",
    success: 200,
    request: inApplication("/dead_letters"),
  },
  {
    action: "dead_letter:retry",
    method: "POST",
    route: "/dead_letters/retry",
    scope: "application",
    success: 200,
    request: ({ application_id }) => ({ path: "/dead_letters/retry", body: { application_id } }),
  },
  {
    action: "event:ingest",
    method: "POST",
    route: "/event",
    scope: "application",
    success: 201,
    request: (tenant) => ({ path: "/event", body: eventPost(tenant, { event_id: randomUUID() }) }),
  },
  {
    action: "event:ingest",
    method: "POST",
    route: "/events/batch",
    scope: "application",
    success: 200,
    request: (tenant) => ({ path: "/events/batch", body: [eventPost(tenant, { event_id: randomUUID() })] }),
  },
  {
    action: "event:list",
    method: "GET",
    route: "/events",
    scope: "application",
    success: 200,
    request: inApplication("/events"),
  },
  {
    action: "event:get",
    method: "GET",
    route: "/events/:event_id",
    scope: "application",
    success: 200,
    request: (tenant) => inApplication(`/events/${tenant.event_id}`)(tenant),
  },
  {
    action: "event:replay",
    method: "POST",
    route: "/events/:event_id/replay",
    scope: "application",
    success: 204,
    request: ({ application_id, event_id }) => ({
      path: `/events/${event_id}/replay`,
      body: { application_id },
    }),
  },
  {
    action: "event:explain",
    method: "GET",
    route: "/events/:event_id/explanation",
    scope: "application",
    success: 200,
    request: ({ application_id, event_id, subscription_id }) => ({
      path: `/events/${event_id}/explanation?application_id=${application_id}&subscription_id=${subscription_id}`,
    }),
  },
  {
    action: "event:explain",
    method: "POST",
    route: "/explanations",
    scope: "application",
    success: 200,
    request: ({ application_id, subscription_id }) => ({
      path: "/explanations",
      body: { application_id, subscription_id, event_type: "shop.order.paid", labels: { customer: "1" } },
    }),
  },
  {
    action: "replay:create",
    method: "POST",
    route: "/replays",
    scope: "application",
    success: 201,
    request: ({ application_id }) => ({ path: "/replays", body: { application_id, filter: {} } }),
  },
  {
    action: "replay:list",
    method: "GET",
    route: "/replays",
    scope: "application",
    success: 200,
    request: inApplication("/replays"),
  },
  {
    action: "replay:get",
    method: "GET",
    route: "/replays/:replay_id",
    scope: "application",
    success: 200,
    request: (tenant) => inApplication(`/replays/${tenant.replay_id}`)(tenant),
  },
  {
    action: "replay:edit",
    method: "POST",
    route: "/replays/:replay_id/:change{pause|resume|cancel}",
    scope: "application",
    success: 200,
    request: ({ application_id, replay_id }) => ({
      path: `/replays/${replay_id}/pause`,
      body: { application_id },
    }),
  },
  {
    action: "request_attempt:list",
    method: "GET",
    route: "/request_attempts",
    scope: "application",
    success: 200,
    request: inApplication("/request_attempts"),
  },
  {
    action: "request_attempt:get",
    method: "GET",
    route: "/request_attempts/:request_attempt_id",
    scope: "application",
    success: 200,
    request: (tenant) => inApplication(`/request_attempts/${tenant.request_attempt_id}`)(tenant),
  },
  {
    action: "request_attempt:retry",
    method: "POST",
    route: "/request_attempts/:request_attempt_id/retry",
    scope: "application",
    success: 202,
    request: ({ application_id, request_attempt_id }) => ({
      path: `/request_attempts/${request_attempt_id}/retry`,
      body: { application_id },
    }),
  },
  {
    action: "analytics:read",
    method: "GET",
    route: "/analytics",
    scope: "application",
    success: 200,
    request: inApplication("/analytics"),
  },
  {
    action: "request_attempt:list",
    method: "GET",
    route: "/delivery_statistics",
    scope: "application",
    success: 200,
    request: inApplication("/delivery_statistics"),
  },
  {
    action: "response:get",
    method: "GET",
    route: "/responses/:response_id",
    scope: "application",
    success: 200,
    request: (tenant) => inApplication(`/responses/${tenant.request_attempt_id}`)(tenant),
  },
  {
    action: "erasure:create",
    method: "POST",
    route: "/erasures",
    scope: "application",
    success: 201,
    request: ({ application_id }) => ({
      path: "/erasures",
      body: { application_id, labels: { customer: "nobody" } },
    }),
  },
  {
    action: "erasure:list",
    method: "GET",
    route: "/erasures",
    scope: "application",
    success: 200,
    request: inApplication("/erasures"),
  },
  {
    action: "erasure:get",
    method: "GET",
    route: "/erasures/:erasure_id",
    scope: "application",
    success: 200,
    request: (tenant) => inApplication(`/erasures/${tenant.erasure_id}`)(tenant),
  },
  {
    action: "service_token:list",
    method: "GET",
    route: "/service_token",
    scope: "organization",
    success: 200,
    request: inOrganization("/service_token"),
  },
  {
    action: "service_token:create",
    method: "POST",
    route: "/service_token",
    scope: "organization",
    success: 201,
    request: ({ organization_id }) => ({ path: "/service_token", body: { organization_id, name: "more" } }),
  },
  {
    action: "service_token:get",
    method: "GET",
    route: "/service_token/:service_token_id",
    scope: "organization",
    success: 200,
    request: (tenant) => inOrganization(`/service_token/${tenant.token_id}`)(tenant),
  },
  {
    action: "service_token:edit",
    method: "PUT",
    route: "/service_token/:service_token_id",
    scope: "organization",
    success: 200,
    request: ({ organization_id, token_id }) => ({
      path: `/service_token/${token_id}`,
      body: { organization_id, name: "renamed" },
    }),
  },
  {
    action: "subscription:delete",
    method: "DELETE",
    route: "/subscriptions/:subscription_id",
    scope: "application",
    success: 204,
    request: (tenant) => inApplication(`/subscriptions/${tenant.subscription_id}`)(tenant),
  },
  {
    action: "event_type:delete",
    method: "DELETE",
    route: "/event_types/:event_type_name",
    scope: "application",
    success: 204,
    request: inApplication("/event_types/shop.order.paid"),
  },
  {
    action: "application_secret:delete",
    method: "DELETE",
    route: "/application_secrets/:application_secret_token",
    scope: "application",
    success: 204,
    request: (tenant) => inApplication(`/application_secrets/${tenant.application_secret}`)(tenant),
  },
  {
    action: "application:delete",
    method: "DELETE",
    route: "/applications/:application_id",
    scope: "application",
    success: 204,
    request: ({ application_id }) => ({ path: `/applications/${application_id}` }),
  },
  {
    action: "service_token:delete",
    method: "DELETE",
    route: "/service_token/:service_token_id",
    scope: "organization",
    success: 204,
    request: (tenant) => inOrganization(`/service_token/${tenant.spare_token_id}`)(tenant),
  },
  {
    action: "organization:delete",
    method: "DELETE",
    route: "/organizations/:organization_id",
    scope: "organization",
    // Not empty: the application that application:create made is still there.
    success: 409,
    request: ({ organization_id }) => ({ path: `/organizations/${organization_id}` }),
  },
  {
    action: "auth:change_password",
    method: "POST",
    route: "/auth/password",
    scope: "person",
    success: 204,
    request: () => ({ path: "/auth/password", body: { new_password: "a quite new passphrase" } }),
  },
  {
    action: "auth:logout",
    method: "POST",
    route: "/auth/logout",
    scope: "person",
    success: 204,
    request: () => ({ path: "/auth/logout" }),
  },
];

/** Routes that every valid token may call, because they tell of the token alone. */
export const ownRoutes = ["GET /token"];

/** Routes that anyone may call. */
export const publicRoutes = [
  "POST /register",
  "POST /auth/verify-email",
  "POST /auth/resend-verification-email",
  "POST /auth/login",
  "POST /auth/refresh",
  "POST /auth/begin-reset-password",
  "POST /auth/reset-password",
  "GET /instance",
  "GET /errors",
  "GET /quotas",
  "GET /payload_content_types",
  "GET /environment_variables",
  "GET /health",
  "GET /applications/:application_id/jwks.json",
  "GET /swagger.json",
];
