import { Transaction } from "kysely";
import type { Database } from "#core/db/client.ts";
import type { Tables } from "#core/db/tables.ts";

/** Does the work in the transaction that `db` is already, so that what belongs together commits together, or in one of its own. */
export function inTransaction<T>(
  { db }: { readonly db: Database },
  work: (tx: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  return db instanceof Transaction ? work(db) : db.transaction().execute(work);
}
