import { sql } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { definitionOf, SchemaDefinition } from "#core/event-schema.ts";
import { PAYLOAD_CONTENT_TYPES } from "#core/ingest.ts";
import { admit } from "#core/payload-schema/admission.ts";
import { judgeAll } from "#core/payload-schema/judge.ts";
import { Finding } from "#core/payload-schema/validator.ts";
import { SchemaVersion, Uuid } from "#core/schema.ts";

const EVENTS_MAX = 100;
/** Newest events of the application among which those of the type are looked for. */
const EVENTS_READ_MAX = 10_000;
const PAYLOAD_BYTES_MAX = 16 * 1024 * 1024;
const FAILURES_MAX = 10;

export const SchemaDryRunPost = v.object({
  application_id: Uuid,
  /** A draft; without it the version named, or the one that judges. */
  schema: v.nullish(SchemaDefinition, null),
  version: v.nullish(SchemaVersion, null),
  /** As in an event; without it the newest events of the type are judged. */
  payload: v.nullish(v.string(), null),
  payload_content_type: v.nullish(v.picklist(PAYLOAD_CONTENT_TYPES), "application/json"),
});
export type SchemaDryRunPost = v.InferOutput<typeof SchemaDryRunPost>;

export const SchemaDryRun = v.object({
  /** Payloads judged. */
  checked: v.number(),
  conforming: v.number(),
  /** The first ten that do not conform, newest first. */
  failures: v.array(
    v.object({
      /** Null for the payload of the request. */
      event_id: v.nullable(v.string()),
      findings: v.array(Finding),
    }),
  ),
});
export type SchemaDryRun = v.InferOutput<typeof SchemaDryRun>;

interface Tried {
  readonly event_id: string | null;
  readonly payload: string;
  readonly payload_content_type: string;
}

/**
 * Tells what a schema would say of a payload, or of the type's last hundred events (among the application's newest ten
 * thousand, 16 MiB at the most), and changes nothing. Throws NotFound, Validation.
 */
export async function dryRun(ctx: Context, name: string, input: SchemaDryRunPost): Promise<SchemaDryRun> {
  const { application_id, payload, payload_content_type } = input;
  const definition = await definitionOf(ctx, application_id, name, input);
  const judge = {
    mode: "warn",
    version: 0,
    definition,
    validator: admit(definition),
    stepsPerCharacter: Infinity,
  } as const;
  const tried: readonly Tried[] =
    payload === null
      ? await newest(ctx, application_id, name)
      : [{ event_id: null, payload, payload_content_type }];

  const judged = judgeAll(
    tried.map((event) => ({ judge, event: { ...event, application_id } })),
    () => {},
  );
  const failures = tried.flatMap(({ event_id }, index) => {
    const findings = judged[index] ?? [];
    return findings.length > 0 ? [{ event_id, findings: [...findings] }] : [];
  });
  return {
    checked: tried.length,
    conforming: tried.length - failures.length,
    failures: failures.slice(0, FAILURES_MAX),
  };
}

async function newest(ctx: Context, applicationId: string, name: string): Promise<Tried[]> {
  const { rows } = await sql<{ event_id: string; payload: Buffer; payload_content_type: string }>`
    select event_id, payload, payload_content_type
    from (
      select *, sum(octet_length(payload)) over (order by received_at desc, event_id desc) as bytes
      from (
        select * from (
          select * from event where application_id = ${applicationId}
          order by received_at desc, event_id desc limit ${EVENTS_READ_MAX}
        ) recent
        where event_type_name = ${name}
        order by received_at desc, event_id desc limit ${EVENTS_MAX}
      ) of_type
    ) sized
    where bytes <= ${PAYLOAD_BYTES_MAX}
    order by received_at desc, event_id desc
  `.execute(ctx.db);
  return rows.map((row) => ({ ...row, payload: row.payload.toString() }));
}
