import * as v from "valibot";
import type { Context } from "#core/context.ts";
import type { Database } from "#core/db/client.ts";
import { inTransaction } from "#core/db/transaction.ts";
import { Problem } from "#core/problem.ts";
import { requireRoom, type QuotaContext } from "#core/quota.ts";
import { SchemaVersion, text, Uuid } from "#core/schema.ts";

/** What happens to an event that breaks its type's schema: nothing, a warning kept with it, or a refusal. */
const SCHEMA_MODES = ["off", "warn", "enforce"] as const;
export type SchemaMode = (typeof SCHEMA_MODES)[number];

export const SchemaModePut = v.object({
  application_id: Uuid,
  mode: v.picklist(SCHEMA_MODES),
  /** The version to judge by; as it was when left out. */
  version: v.nullish(SchemaVersion, null),
});
export type SchemaModePut = v.InferOutput<typeof SchemaModePut>;

const Part = v.pipe(
  text(1, 50),
  v.regex(/^\P{Cc}*$/u, "must not contain control characters"),
  v.check((part) => !part.includes("."), "must not contain a dot: it separates the parts of the name"),
  v.check((part) => part !== "*" && part !== "**", "must not be a wildcard: it would read as a pattern"),
);

export const EventTypePost = v.object({
  application_id: Uuid,
  service: Part,
  resource_type: Part,
  verb: Part,
});
export type EventTypePost = v.InferOutput<typeof EventTypePost>;

export const EventType = v.object({
  service_name: v.string(),
  resource_type_name: v.string(),
  verb_name: v.string(),
  event_type_name: v.string(),
  schema_mode: v.picklist(SCHEMA_MODES),
  /** The version that payloads are judged by; null without a schema. */
  schema_version: v.nullable(v.number()),
});
export type EventType = v.InferOutput<typeof EventType>;

const columns = [
  "service_name",
  "resource_type_name",
  "verb_name",
  "event_type_name",
  "schema_mode",
  "schema_version",
] as const;

/** Active event types of an application, by name. */
export function list(ctx: Context, applicationId: string): Promise<EventType[]> {
  return ctx.db
    .selectFrom("event_type")
    .where("application_id", "=", applicationId)
    .where("deactivated_at", "is", null)
    .orderBy("event_type_name")
    .select(columns)
    .execute();
}

/**
 * Creates `service.resource_type.verb`, or activates it again: asking twice is not an error (Hook0 1.4). Throws
 * TooManyEventTypesPerApplication.
 */
export function create(ctx: QuotaContext, input: EventTypePost): Promise<EventType> {
  const { application_id } = input;
  const name = `${input.service}.${input.resource_type}.${input.verb}`;
  return inTransaction(ctx, async (tx) => {
    const known = await select(tx, application_id, name).executeTakeFirst();
    if (known) return known;
    await requireRoom(ctx, tx, "eventTypes", application_id);
    return tx
      .insertInto("event_type")
      .values({
        application_id,
        event_type_name: name,
        service_name: input.service,
        resource_type_name: input.resource_type,
        verb_name: input.verb,
        created_at: ctx.now(),
      })
      .onConflict((conflict) =>
        conflict.columns(["application_id", "event_type_name"]).doUpdateSet({ deactivated_at: null }),
      )
      .returning(columns)
      .executeTakeFirstOrThrow();
  });
}

/** The active event type of this name. */
function select(db: Database, applicationId: string, name: string) {
  return db
    .selectFrom("event_type")
    .where("application_id", "=", applicationId)
    .where("event_type_name", "=", name)
    .where("deactivated_at", "is", null)
    .select(columns);
}

/** Throws NotFound. */
export async function get(ctx: Context, applicationId: string, name: string): Promise<EventType> {
  const eventType = await select(ctx.db, applicationId, name).executeTakeFirst();
  if (!eventType) throw new Problem("NotFound");
  return eventType;
}

/** Events of this type are refused from now on; what is stored stays. Throws NotFound. */
export async function deactivate(ctx: Context, applicationId: string, name: string): Promise<void> {
  const result = await ctx.db
    .updateTable("event_type")
    .set({ deactivated_at: ctx.now() })
    .where("application_id", "=", applicationId)
    .where("event_type_name", "=", name)
    .where("deactivated_at", "is", null)
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) throw new Problem("NotFound");
}

/**
 * Sets what happens from the next request on to events that break their schema, and which version judges. Throws
 * NotFound, or Validation when there is no such version.
 */
export async function setSchemaMode(
  ctx: Context,
  name: string,
  { application_id, mode, version }: SchemaModePut,
): Promise<EventType> {
  const eventType = await get(ctx, application_id, name);
  if (version === null && eventType.schema_version === null && mode !== "off") {
    throw missingVersion("mode", "needs a schema: this type has none");
  }
  if (version !== null && !(await hasSchema(ctx, application_id, name, version))) {
    throw missingVersion("version", "is not a version of this type's schema");
  }
  return ctx.db
    .updateTable("event_type")
    .set((eb) => ({
      schema_mode: mode,
      // What is there now, should a version be added at this moment.
      schema_version: eb.fn.coalesce(eb.val(version), "schema_version"),
    }))
    .where("application_id", "=", application_id)
    .where("event_type_name", "=", name)
    .returning(columns)
    .executeTakeFirstOrThrow();
}

async function hasSchema(ctx: Context, applicationId: string, name: string, version: number) {
  const schema = await ctx.db
    .selectFrom("event_schema")
    .where("application_id", "=", applicationId)
    .where("event_type_name", "=", name)
    .where("version", "=", version)
    .select("version")
    .executeTakeFirst();
  return schema !== undefined;
}

function missingVersion(field: "mode" | "version", message: string): Problem {
  return new Problem("Validation", `${field}: ${message}`, {
    [field]: [{ code: "json_schema", message, params: {} }],
  });
}

/** Throws EventTypeDoesNotExist, naming them, unless every one is an active event type of the application. */
export async function requireActive(
  ctx: Context,
  applicationId: string,
  names: readonly string[],
): Promise<void> {
  const active = await ctx.db
    .selectFrom("event_type")
    .where("application_id", "=", applicationId)
    .where("event_type_name", "in", names)
    .where("deactivated_at", "is", null)
    .select("event_type_name")
    .execute();
  const known = new Set(active.map((row) => row.event_type_name));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    const hint = unknown.some((name) => name.includes("*")) ? " (a wildcard stands for whole parts)" : "";
    throw new Problem(
      "EventTypeDoesNotExist",
      `event_types: not in this application: ${unknown.join(", ")}${hint}`,
    );
  }
}
