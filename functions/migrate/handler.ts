import { resolve } from "node:path";
import { migrate } from "#core/db/migrate.ts";
import { readWorkerConfig } from "#functions/config.ts";
import { openMigrateDeps } from "#functions/deps.ts";
import { readSecrets } from "#functions/secrets.ts";

const { db, log } = openMigrateDeps(readWorkerConfig(await readSecrets()));

/**
 * Brings the database to this version's tables, before this version serves. Throws when a migration fails: nothing of
 * it has been applied then, and the deployment stops. The migrations lie beside the bundle, in Lambda's task folder.
 */
export async function handler(): Promise<{ applied: string[] }> {
  const applied = await migrate(db, resolve("migrations"));
  log.info({ applied }, "migrated");
  return { applied };
}
