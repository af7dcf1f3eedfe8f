import { sql } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";

/** Hook0's document. Columba has neither Pulsar nor an object storage, so these are null. */
export const Health = v.object({
  database: v.boolean(),
  pulsar: v.null(),
  object_storage: v.null(),
  database_duration_ms: v.number(),
  total_duration_ms: v.number(),
});
export type Health = v.InferOutput<typeof Health>;

/** Asks the database for a row. Never throws. */
export async function checkHealth(ctx: Context): Promise<Health> {
  const startedMs = performance.now();
  const database = await sql`select 1`.execute(ctx.db).then(
    () => true,
    () => false,
  );
  const elapsedMs = Math.round(performance.now() - startedMs);
  return {
    database,
    pulsar: null,
    object_storage: null,
    database_duration_ms: elapsedMs,
    total_duration_ms: elapsedMs,
  };
}
