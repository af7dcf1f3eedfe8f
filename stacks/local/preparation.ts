import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createBiscuits } from "#core/auth/biscuit.ts";
import { openDatabase } from "#core/db/client.ts";
import { migrate } from "#core/db/migrate.ts";
import { NO_QUOTAS } from "#core/quota.ts";
import { seed, type Seed } from "./seed.ts";

// Migrates, and makes the seed when there is no `LOCAL_JSON` yet, in a process that ends: what it loads would else lie in
// the supervisor's memory for as long as the stack runs.

const migrations = fileURLToPath(new URL("../../migrations", import.meta.url));
const { DATABASE_URL: url = "", BISCUIT_PRIVATE_KEY: privateKey = "" } = process.env;
const { LOCAL_JSON: file = "", INSPECTOR_URL: inspectorUrl = "" } = process.env;

const db = openDatabase({ url, connectionsMax: 2, applicationName: "columba-local" });
try {
  await migrate(db, migrations);
  const known = await readFile(file, "utf8").catch(() => null);
  const seeded: Seed = known
    ? (JSON.parse(known) as Seed)
    : await seed(
        { db, now: () => new Date(), quotas: NO_QUOTAS, publicTargetsOnly: false },
        await createBiscuits({ privateKey }),
        inspectorUrl,
      );
  process.send?.({ result: seeded });
} catch (error) {
  process.send?.({ problem: error instanceof Error ? error.message : String(error) });
} finally {
  await db.destroy();
  process.disconnect();
}
