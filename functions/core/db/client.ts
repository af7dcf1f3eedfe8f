import { Socket } from "node:net";
import { Kysely, PostgresDialect } from "kysely";
import { Pool } from "pg";
import type { Tables } from "#core/db/tables.ts";

export type Database = Kysely<Tables>;

export interface DatabaseOptions {
  readonly url: string;
  readonly connectionsMax: number;
  /** Named in `pg_stat_activity`, so that an operator sees which function holds a connection. */
  readonly applicationName: string;
  /** A connection that is silent for longer is taken for dead. Longer than the longest statement may take. */
  readonly silenceMsMax?: number;
}

const STATEMENT_TIMEOUT_MS = 30_000;

/** Opens a pool on any Postgres 18 or newer. Connections are made on first use. */
export function openDatabase(options: DatabaseOptions): Database {
  const { silenceMsMax = STATEMENT_TIMEOUT_MS + 5_000 } = options;
  const pool = new Pool({
    connectionString: options.url,
    max: options.connectionsMax,
    application_name: options.applicationName,
    connectionTimeoutMillis: 5_000,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    // A network that swallows packets says nothing: a query would wait for the kernel to give up, after a quarter hour.
    stream: () => {
      const socket = new Socket();
      return socket.setTimeout(silenceMsMax, () => socket.destroy());
    },
  });
  // A connection lost while idle is replaced on the next query, and one lost between two statements of a borrower fails
  // the next of them; without listeners either would end the process.
  pool.on("error", () => {}).on("connect", (client) => client.on("error", () => {}));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
