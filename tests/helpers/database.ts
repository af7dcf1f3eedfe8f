import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";
import { driverName } from "./driver.ts";
import { openDatabase, type Database } from "#core/db/client.ts";

interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly db: Database;
}

/** A database of the test's own, migrated and empty. */
export const createDatabase = (): Promise<TestDatabase> => createFrom("postgres");

/** A database of the test's own without a table. */
export const createEmptyDatabase = (): Promise<TestDatabase> => createFrom("template0");

async function createFrom(source: string): Promise<TestDatabase> {
  const template = new URL(inject("templateUrl"));
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  // From another database than the template: Postgres copies none that has sessions.
  const admin = new URL("/template1", template).href;
  await execute(admin, `create database ${name} template ${source}`);
  const url = new URL(`/${name}`, template).href;
  const db = openDatabase({ url, driver: driverName, connectionsMax: 10, applicationName: "test" });
  return {
    url,
    db,
    async [Symbol.asyncDispose]() {
      await db.destroy();
      await execute(admin, `drop database ${name} with (force)`);
    },
  };
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
