import { Kysely, PostgresDialect } from "kysely";
import { withFreshConnections } from "#core/db/fresh-connections.ts";
import { openNeonPool } from "#core/db/neon-pool.ts";
import { openPgPool } from "#core/db/pg-pool.ts";
import type { PoolOptions } from "#core/db/pool-options.ts";
import type { Tables } from "#core/db/tables.ts";

export type Database = Kysely<Tables>;

type DatabaseDriver = "pg" | "neon";

export interface DatabaseOptions extends PoolOptions {
  /** Found by the URL's host when left out. */
  readonly driver?: DatabaseDriver | undefined;
}

/** Opens a pool on any Postgres 18 or newer. Connections are made on first use. */
export function openDatabase(options: DatabaseOptions): Database {
  const isNeon = (options.driver ?? driverFor(options.url)) === "neon";
  const pool = isNeon ? openNeonPool(options) : openPgPool(options);
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: withFreshConnections(pool) }) });
}

function driverFor(url: string): DatabaseDriver {
  return URL.canParse(url) && new URL(url).hostname.endsWith(".neon.tech") ? "neon" : "pg";
}
