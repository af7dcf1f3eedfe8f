import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { openDatabase } from "#core/db/client.ts";
import { migrate } from "#core/db/migrate.ts";
import { startPostgres } from "../../stacks/local/postgres.ts";
import { probePort } from "../../stacks/local/process.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Of a migrated database that tests clone and never write to. */
    templateUrl: string;
  }
}

/** One Postgres for the whole run. Its data is thrown away, so it need not survive a crash. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "columba-test-"));
  const postgres = await startPostgres(join(folder, "postgres"), {
    port: await probePort(0),
    settings: ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300"],
  });
  const db = openDatabase({ url: postgres.url, connectionsMax: 1, applicationName: "setup" });
  await migrate(db, fileURLToPath(new URL("../../migrations", import.meta.url)));
  await db.destroy();
  project.provide("templateUrl", postgres.url);
  return async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
