import type { Database } from "#core/db/client.ts";

/** What every verb of the domain is given: never ambient, so that a test owns the database and the clock. */
export interface Context {
  readonly db: Database;
  /** The current time. The ledger's times all come from here, none from the database's own clock. */
  readonly now: () => Date;
}
