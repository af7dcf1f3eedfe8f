import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { inTransaction } from "#core/db/transaction.ts";
import { admit } from "#core/payload-schema/admission.ts";
import type { Definition } from "#core/payload-schema/validator.ts";
import { Problem } from "#core/problem.ts";
import { jsonObject, Uuid } from "#core/schema.ts";

const VERSIONS_MAX = 1_000;

export const SchemaDefinition = jsonObject(v.string(), v.unknown());

export const EventSchemaPost = v.object({
  application_id: Uuid,
  /** JSON Schema 2020-12. */
  schema: SchemaDefinition,
});
export type EventSchemaPost = v.InferOutput<typeof EventSchemaPost>;

export const EventSchema = v.object({ version: v.number(), created_at: v.date() });
export type EventSchema = v.InferOutput<typeof EventSchema>;

export const EventSchemaWithDefinition = v.object({ ...EventSchema.entries, schema: SchemaDefinition });
export type EventSchemaWithDefinition = v.InferOutput<typeof EventSchemaWithDefinition>;

/** The versions of an active event type's schema, newest first. Throws NotFound. */
export async function list(ctx: Context, applicationId: string, name: string): Promise<EventSchema[]> {
  await requireEventType(ctx, applicationId, name);
  return ctx.db
    .selectFrom("event_schema")
    .where("application_id", "=", applicationId)
    .where("event_type_name", "=", name)
    .orderBy("version", "desc")
    .select(["version", "created_at"])
    .execute();
}

/**
 * Adds the next version of an event type's schema, which judges from the next request on if the type's mode is not off.
 * A version never changes. Throws NotFound, Validation.
 */
export async function create(
  ctx: Context,
  name: string,
  { application_id, schema }: EventSchemaPost,
): Promise<EventSchemaWithDefinition> {
  admit(schema);
  return inTransaction(ctx, async (tx) => {
    // Locked, so that versions are numbered one after another.
    const eventType = await activeEventType({ db: tx }, application_id, name).forUpdate().executeTakeFirst();
    if (!eventType) throw new Problem("NotFound");
    const { newest } = await tx
      .selectFrom("event_schema")
      .where("application_id", "=", application_id)
      .where("event_type_name", "=", name)
      .select((eb) => eb.fn.coalesce(eb.fn.max("version"), eb.lit(0)).as("newest"))
      .executeTakeFirstOrThrow();
    if (newest >= VERSIONS_MAX) {
      throw new Problem("Validation", `schema: this event type has ${VERSIONS_MAX} versions already`);
    }
    const version = newest + 1;
    const created_at = ctx.now();
    await tx
      .insertInto("event_schema")
      .values({
        application_id,
        event_type_name: name,
        version,
        definition: JSON.stringify(schema),
        created_at,
      })
      .execute();
    await tx
      .updateTable("event_type")
      .set({ schema_version: version })
      .where("application_id", "=", application_id)
      .where("event_type_name", "=", name)
      .execute();
    return { version, created_at, schema };
  });
}

/** One version, or the one that judges when none is named. Throws NotFound. */
export async function get(
  ctx: Context,
  applicationId: string,
  name: string,
  version: number | null,
): Promise<EventSchemaWithDefinition> {
  const row = await ctx.db
    .selectFrom("event_schema as s")
    .innerJoin("event_type as t", (join) =>
      join
        .onRef("t.application_id", "=", "s.application_id")
        .onRef("t.event_type_name", "=", "s.event_type_name"),
    )
    .where("s.application_id", "=", applicationId)
    .where("s.event_type_name", "=", name)
    .where("t.deactivated_at", "is", null)
    .where((eb) =>
      version === null ? eb("s.version", "=", eb.ref("t.schema_version")) : eb("s.version", "=", version),
    )
    .select(["s.version", "s.created_at", "s.definition as schema"])
    .executeTakeFirst();
  if (!row) throw new Problem("NotFound");
  return row;
}

/** The schema to try: a draft, or a version. Throws NotFound, Validation. */
export async function definitionOf(
  ctx: Context,
  applicationId: string,
  name: string,
  { schema, version }: { readonly schema: Definition | null; readonly version: number | null },
): Promise<Definition> {
  if (!schema) return (await get(ctx, applicationId, name, version)).schema;
  await requireEventType(ctx, applicationId, name);
  return schema;
}

async function requireEventType(ctx: Context, applicationId: string, name: string): Promise<void> {
  if (!(await activeEventType(ctx, applicationId, name).executeTakeFirst())) throw new Problem("NotFound");
}

function activeEventType({ db }: Pick<Context, "db">, applicationId: string, name: string) {
  return db
    .selectFrom("event_type")
    .where("application_id", "=", applicationId)
    .where("event_type_name", "=", name)
    .where("deactivated_at", "is", null)
    .select("event_type_name");
}
