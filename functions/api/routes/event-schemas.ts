import { Hono } from "hono";
import * as v from "valibot";
import { DayRange } from "#core/day-range.ts";
import * as EventSchema from "#core/event-schema.ts";
import * as EventType from "#core/event-type.ts";
import { exampleOf } from "#core/payload-schema/example.ts";
import { dryRun, SchemaDryRun, SchemaDryRunPost } from "#core/schema-dry-run.ts";
import * as SchemaStatistics from "#core/schema-statistics.ts";
import { EventTypeName, SchemaVersion, Uuid } from "#core/schema.ts";
import { auditing } from "#functions/api/audited.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/event-types.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { subjectFacts } from "#functions/api/middleware/subject-facts.ts";
import { json, param, query } from "#functions/api/middleware/validate.ts";
import { operation } from "#functions/api/operation.ts";

const tag = "Payload Schemas";
const Path = v.object({ event_type_name: EventTypeName });
const VersionPath = v.object({
  event_type_name: EventTypeName,
  version: v.pipe(v.string(), v.regex(/^\d{1,10}$/, "must be a number"), v.transform(Number), SchemaVersion),
});
const InApplication = v.object({ application_id: Uuid });
const PayloadExample = v.object({ payload: v.string(), payload_content_type: v.string() });

export const eventSchemaRoutes = (deps: ApiDeps) => {
  const { ctx } = deps;
  const { mayInApplication } = authorization(deps);
  const audited = auditing(deps);
  return new Hono<ApiEnv>()
    .get(
      "/event_types/:event_type_name/schemas",
      operation("schemas.list", {
        summary: "List the versions of an event type's JSON Schema, newest first",
        tag,
        success: [200, v.array(EventSchema.EventSchema)],
        example: [Example.schemaVersion],
      }),
      mayInApplication("schema:list", "query", subjectFacts.eventTypeInPath),
      param(Path),
      query(InApplication),
      async (c) => {
        const { application_id } = c.req.valid("query");
        return c.json(await EventSchema.list(ctx, application_id, c.req.valid("param").event_type_name), 200);
      },
    )
    .post(
      "/event_types/:event_type_name/schemas",
      operation("schemas.create", {
        summary: "Add the next version of an event type's JSON Schema (2020-12): from now on it judges",
        tag,
        success: [201, EventSchema.EventSchemaWithDefinition],
        example: Example.schema,
      }),
      mayInApplication("schema:create", "json", subjectFacts.eventTypeInPath),
      param(Path),
      json(EventSchema.EventSchemaPost, Example.schemaPost),
      async (c) => {
        const { event_type_name } = c.req.valid("param");
        const input = c.req.valid("json");
        return c.json(await audited(c, (ctx) => EventSchema.create(ctx, event_type_name, input)), 201);
      },
    )
    .post(
      "/event_types/:event_type_name/schemas/dry_run",
      operation("schemas.dryRun", {
        summary: "Judge a payload, or the type's last 100 events, by a draft or a version; changes nothing",
        tag,
        success: [200, SchemaDryRun],
        example: Example.dryRun,
      }),
      mayInApplication("schema:try", "json", subjectFacts.eventTypeInPath),
      param(Path),
      json(SchemaDryRunPost, Example.dryRunPost),
      async (c) => c.json(await dryRun(ctx, c.req.valid("param").event_type_name, c.req.valid("json")), 200),
    )
    .get(
      "/event_types/:event_type_name/schemas/:version",
      operation("schemas.get", {
        summary: "Get a version of an event type's JSON Schema",
        tag,
        success: [200, EventSchema.EventSchemaWithDefinition],
        example: Example.schema,
      }),
      mayInApplication("schema:get", "query", subjectFacts.eventTypeInPath),
      param(VersionPath),
      query(InApplication),
      async (c) => {
        const { event_type_name, version } = c.req.valid("param");
        const { application_id } = c.req.valid("query");
        return c.json(await EventSchema.get(ctx, application_id, event_type_name, version), 200);
      },
    )
    .get(
      "/event_types/:event_type_name/schemas/:version/example",
      operation("schemas.example", {
        summary: "Get a payload that conforms to a version",
        tag,
        success: [200, PayloadExample],
        example: Example.schemaExample,
      }),
      mayInApplication("schema:get", "query", subjectFacts.eventTypeInPath),
      param(VersionPath),
      query(InApplication),
      async (c) => {
        const { event_type_name, version } = c.req.valid("param");
        const { application_id } = c.req.valid("query");
        const { schema } = await EventSchema.get(ctx, application_id, event_type_name, version);
        return c.json({ payload: exampleOf(schema), payload_content_type: "application/json" }, 200);
      },
    )
    .put(
      "/event_types/:event_type_name/schema_mode",
      operation("schemas.setMode", {
        summary: "Judge events by a schema (off, warn or enforce), and by which version",
        tag,
        success: [200, EventType.EventType],
        example: Example.eventType,
      }),
      mayInApplication("schema:edit", "json", subjectFacts.eventTypeInPath),
      param(Path),
      json(EventType.SchemaModePut, Example.schemaModePut),
      async (c) => {
        const { event_type_name } = c.req.valid("param");
        const input = c.req.valid("json");
        return c.json(await audited(c, (ctx) => EventType.setSchemaMode(ctx, event_type_name, input)), 200);
      },
    )
    .get(
      "/event_types/:event_type_name/schema_statistics",
      operation("schemas.statistics", {
        summary: "Events a day (UTC) that broke the schema: stored with a warning, or refused",
        tag,
        success: [200, v.array(SchemaStatistics.SchemaDay)],
        example: [Example.schemaDay],
      }),
      mayInApplication("schema:list", "query", subjectFacts.eventTypeInPath),
      param(Path),
      query(v.object({ ...InApplication.entries, ...DayRange.entries })),
      async (c) => {
        const { application_id, ...range } = c.req.valid("query");
        const { event_type_name } = c.req.valid("param");
        return c.json(await SchemaStatistics.list(ctx, application_id, event_type_name, range), 200);
      },
    );
};
