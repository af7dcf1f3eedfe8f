import { Pool } from "pg";
import {
  CONNECT_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  STATEMENT_TIMEOUT_MS,
  type PoolOptions,
} from "#core/db/pool-options.ts";

/** A pool on any Postgres, over TCP. */
export function openPgPool(options: PoolOptions) {
  const pool = new Pool({
    connectionString: options.url,
    max: options.connectionsMax,
    application_name: options.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
  });
  // A connection lost while idle is replaced on the next query; without a listener it would end the process.
  pool.on("error", () => {});
  return pool;
}
