import { neonConfig, Pool } from "@neondatabase/serverless";
import {
  CONNECT_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  STATEMENT_TIMEOUT_MS,
  type PoolOptions,
} from "#core/db/pool-options.ts";

/** A pool on Neon, over WebSocket: a connection costs fewer round trips than with TCP, TLS and Postgres' own start. */
export function openNeonPool(options: PoolOptions) {
  // Coalescing waits for a timer before each write.
  neonConfig.coalesceWrites = false;
  const pool = new Pool({
    connectionString: options.url,
    max: options.connectionsMax,
    application_name: options.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // Watched here: Neon's pooler refuses `statement_timeout` as a connection's parameter.
    query_timeout: STATEMENT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
  });
  pool.on("error", () => {});
  return pool;
}
