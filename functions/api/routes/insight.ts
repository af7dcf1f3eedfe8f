import { Hono } from "hono";
import * as v from "valibot";
import * as Analytics from "#core/analytics/analytics.ts";
import * as DeliveryStatistics from "#core/analytics/delivery-statistics.ts";
import * as AuditEntry from "#core/audit-entry.ts";
import { DayRange } from "#core/day-range.ts";
import * as EventsPerDay from "#core/events-per-day.ts";
import { Instant, Uuid } from "#core/schema.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/insight.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { subjectFacts } from "#functions/api/middleware/subject-facts.ts";
import { query } from "#functions/api/middleware/validate.ts";
import { operation } from "#functions/api/operation.ts";

/** What can be looked back on: an application's traffic, an organization's events a day, and its changes. */
export const insightRoutes = (deps: ApiDeps) => {
  const { ctx } = deps;
  const { mayInApplication, mayInOrganization } = authorization(deps);
  return new Hono<ApiEnv>()
    .get(
      "/events_per_day/application",
      operation("events_per_day.list_for_application", {
        summary: "Events a day of an application",
        tag: "Events Per Day",
        success: [200, v.array(EventsPerDay.EventsPerDayEntry)],
        example: [Example.eventsOfDay],
      }),
      mayInApplication("events_per_day:application", "query"),
      query(v.object({ application_id: Uuid, ...DayRange.entries })),
      async (c) => {
        const { application_id, ...range } = c.req.valid("query");
        return c.json(await EventsPerDay.list(ctx, { applicationId: application_id }, range), 200);
      },
    )
    .get(
      "/events_per_day/organization",
      operation("events_per_day.list_for_organization", {
        summary: "Events a day of each application of an organization",
        tag: "Events Per Day",
        success: [200, v.array(EventsPerDay.EventsPerDayEntry)],
        example: [Example.eventsOfDay],
      }),
      mayInOrganization("events_per_day:organization", "query"),
      query(v.object({ organization_id: Uuid, ...DayRange.entries })),
      async (c) => {
        const { organization_id, ...range } = c.req.valid("query");
        return c.json(await EventsPerDay.list(ctx, { organizationId: organization_id }, range), 200);
      },
    )
    .get(
      "/analytics",
      operation("analytics.read", {
        summary: "Traffic of an application, a subscription or an event type, by minute, hour or day",
        tag: "Analytics",
        success: [200, Analytics.Analytics],
        example: Example.analytics,
      }),
      mayInApplication(
        "analytics:read",
        "query",
        subjectFacts.inQuery({ subscription: "subscription_id", eventType: "event_type" }),
      ),
      query(Analytics.AnalyticsQuery),
      async (c) => c.json(await Analytics.read(ctx, c.req.valid("query")), 200),
    )
    .get(
      "/delivery_statistics",
      operation("deliveryStatistics.read", {
        summary: "How deliveries fared in the last hour, day, week or month: what the dashboard shows",
        tag: "Analytics",
        success: [200, DeliveryStatistics.DeliveryStatistics],
        example: Example.deliveryStatistics,
      }),
      mayInApplication(
        "request_attempt:list",
        "query",
        subjectFacts.inQuery({ subscription: "subscription_id" }),
      ),
      query(DeliveryStatistics.StatisticsQuery),
      async (c) => c.json(await DeliveryStatistics.read(ctx, c.req.valid("query")), 200),
    )
    .get(
      "/audit_log",
      operation("audit_log.list", {
        summary: "List the latest hundred changes in an organization, or those before an instant",
        tag: "Audit Log",
        success: [200, v.array(AuditEntry.AuditEntry)],
        example: [Example.auditEntry],
      }),
      mayInOrganization("audit_log:list", "query"),
      query(v.object({ organization_id: Uuid, before: v.optional(Instant) })),
      async (c) => {
        const { organization_id, before } = c.req.valid("query");
        return c.json(await AuditEntry.list(ctx, organization_id, before), 200);
      },
    );
};
