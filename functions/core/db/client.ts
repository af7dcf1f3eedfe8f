import { Kysely, PostgresDialect } from "kysely";
import { Pool } from "pg";
import type { Tables } from "#core/db/tables.ts";

export type Database = Kysely<Tables>;

export interface DatabaseOptions {
  readonly url: string;
  readonly connectionsMax: number;
  /** Named in `pg_stat_activity`, so that an operator sees which function holds a connection. */
  readonly applicationName: string;
}

/** Opens a pool on any Postgres 18 or newer. Connections are made on first use. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new Pool({
    connectionString: options.url,
    max: options.connectionsMax,
    application_name: options.applicationName,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    idleTimeoutMillis: 60_000,
  });
  // A connection lost while idle is replaced on the next query, and one lost between two statements of a borrower fails
  // the next of them; without listeners either would end the process.
  pool.on("error", () => {}).on("connect", (client) => client.on("error", () => {}));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
