import { Hono } from "hono";
import * as v from "valibot";
import * as EventType from "#core/event-type.ts";
import { EventTypeName, Uuid } from "#core/schema.ts";
import { auditing } from "#functions/api/audited.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/event-types.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { json, param, query } from "#functions/api/middleware/validate.ts";
import { subjectFacts } from "#functions/api/middleware/subject-facts.ts";
import { operation } from "#functions/api/operation.ts";

const tag = "Event Types";
const Path = v.object({ event_type_name: EventTypeName });
const InApplication = v.object({ application_id: Uuid });

export const eventTypeRoutes = (deps: ApiDeps) => {
  const { ctx } = deps;
  const { mayInApplication } = authorization(deps);
  const audited = auditing(deps);
  return new Hono<ApiEnv>()
    .get(
      "/event_types",
      operation("eventTypes.list", {
        summary: "List event types",
        tag,
        success: [200, v.array(EventType.EventType)],
        example: [Example.eventType],
      }),
      mayInApplication("event_type:list", "query"),
      query(InApplication),
      async (c) => c.json(await EventType.list(ctx, c.req.valid("query").application_id), 200),
    )
    .post(
      "/event_types",
      operation("eventTypes.create", {
        summary: "Create an event type, or activate it again",
        tag,
        success: [201, EventType.EventType],
        example: Example.eventType,
      }),
      mayInApplication("event_type:create", "json", subjectFacts.newEventType),
      json(EventType.EventTypePost, Example.eventTypePost),
      async (c) => c.json(await audited(c, (ctx) => EventType.create(ctx, c.req.valid("json"))), 201),
    )
    .get(
      "/event_types/:event_type_name",
      operation("eventTypes.get", {
        summary: "Get an event type",
        tag,
        success: [200, EventType.EventType],
        example: Example.eventType,
      }),
      mayInApplication("event_type:get", "query", subjectFacts.eventTypeInPath),
      param(Path),
      query(InApplication),
      async (c) => {
        const { application_id } = c.req.valid("query");
        return c.json(await EventType.get(ctx, application_id, c.req.valid("param").event_type_name), 200);
      },
    )
    .delete(
      "/event_types/:event_type_name",
      operation("eventTypes.delete", { summary: "Deactivate an event type", tag, success: [204, null] }),
      mayInApplication("event_type:delete", "query", subjectFacts.eventTypeInPath),
      param(Path),
      query(InApplication),
      async (c) => {
        const { application_id } = c.req.valid("query");
        const { event_type_name } = c.req.valid("param");
        await audited(c, (ctx) => EventType.deactivate(ctx, application_id, event_type_name));
        return c.body(null, 204);
      },
    );
};
