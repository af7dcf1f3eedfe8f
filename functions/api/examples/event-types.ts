import type { InferInput } from "valibot";
import type { EventSchema, EventSchemaPost, EventSchemaWithDefinition } from "#core/event-schema.ts";
import type { EventType, EventTypePost, SchemaModePut } from "#core/event-type.ts";
import type { SchemaDryRun, SchemaDryRunPost } from "#core/schema-dry-run.ts";
import type { SchemaDay } from "#core/schema-statistics.ts";
import { applicationId, eventId, eventTypeName } from "#functions/api/examples/ids.ts";

export const eventTypePost: InferInput<typeof EventTypePost> = {
  application_id: applicationId,
  service: "shop",
  resource_type: "order",
  verb: "paid",
};
export const eventType: EventType = {
  service_name: "shop",
  resource_type_name: "order",
  verb_name: "paid",
  event_type_name: eventTypeName,
  schema_mode: "warn",
  schema_version: 1,
};

const definition = {
  type: "object",
  properties: { order: { type: "integer", minimum: 1 }, currency: { type: "string", pattern: "^[A-Z]{3}$" } },
  required: ["order"],
};
export const schemaPost: InferInput<typeof EventSchemaPost> = {
  application_id: applicationId,
  schema: definition,
};
export const schemaVersion: EventSchema = { version: 1, created_at: new Date("2026-11-20T09:00:00Z") };
export const schema: EventSchemaWithDefinition = { ...schemaVersion, schema: definition };
export const schemaExample = {
  payload: '{"order":1,"currency":"EUR"}',
  payload_content_type: "application/json",
};
export const schemaModePut: InferInput<typeof SchemaModePut> = {
  application_id: applicationId,
  mode: "warn",
  version: 1,
};
export const dryRunPost: InferInput<typeof SchemaDryRunPost> = {
  application_id: applicationId,
  schema: definition,
};
export const dryRun: SchemaDryRun = {
  checked: 100,
  conforming: 99,
  failures: [
    {
      event_id: eventId,
      findings: [{ pointer: "/order", keyword: "minimum", message: "must be >= 1" }],
    },
  ],
};
export const schemaDay: SchemaDay = { date: "2026-11-23", warned: 3, refused: 0 };
