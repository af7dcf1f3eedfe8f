import { Socket } from "node:net";
import { Pool } from "pg";
import {
  CONNECT_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  STATEMENT_TIMEOUT_MS,
  type PoolOptions,
} from "#core/db/pool-options.ts";

/** A pool on any Postgres, over TCP. */
export function openPgPool(options: PoolOptions) {
  const { silenceMsMax = STATEMENT_TIMEOUT_MS + 5_000 } = options;
  const pool = new Pool({
    connectionString: options.url,
    max: options.connectionsMax,
    application_name: options.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    // A network that swallows packets says nothing: a query would wait for the kernel to give up, after a quarter hour.
    stream: () => {
      const socket = new Socket();
      return socket.setTimeout(silenceMsMax, () => socket.destroy());
    },
  });
  // A connection lost while idle is replaced on the next query, and one lost between two statements of a borrower fails
  // the next of them; without listeners either would end the process.
  pool.on("error", () => {}).on("connect", (client) => client.on("error", () => {}));
  return pool;
}
