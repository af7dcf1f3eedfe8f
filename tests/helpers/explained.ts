import { Kysely, PostgresDialect } from "kysely";
import { Pool } from "pg";
import type { Tables } from "#core/db/tables.ts";
import type { World } from "./world.ts";

/**
 * A database like the world's own that keeps the plan of every statement it runs, those within functions included, with
 * how many rows each step met.
 */
export function openExplained(world: World) {
  const plans: string[] = [];
  const pool = new Pool({
    connectionString: world.databaseUrl,
    options:
      "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 -c auto_explain.log_level=notice " +
      "-c auto_explain.log_nested_statements=on -c auto_explain.log_analyze=on -c auto_explain.log_timing=off " +
      "-c auto_explain.log_buffers=on -c client_min_messages=notice",
  });
  pool.on("connect", (client) => {
    client.on("notice", ({ message }) => plans.push(message ?? ""));
    // The database is dropped with a connection that is just being closed.
    client.on("error", () => {});
  });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { plans, db, [Symbol.asyncDispose]: () => db.destroy() };
}
