import { sql } from "kysely";
import { expect, inject, test } from "vitest";
import { createFixtures } from "../helpers/fixtures.ts";
import { startPostgresProxy } from "../helpers/postgres-proxy.ts";
import { startReceiver } from "../helpers/receiver.ts";
import { routeCases } from "../helpers/routes.ts";
import { createTenant, createWorld, subscriptionPost, type Tenant, type World } from "../helpers/world.ts";

/** Those that make no change in an organization that outlives it, though they are no GET. */
const unaudited = new Set(["event:ingest", "event:explain", "schema:try", "organization:delete"]);
const changes = routeCases.filter(
  ({ method, scope, action }) => method !== "GET" && scope !== "person" && !unaudited.has(action),
);

/** A digest of every row of every table, by table. */
async function rowsOf({ ctx: { db } }: World): Promise<Record<string, string>> {
  const { rows: tables } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public' order by tablename
  `.execute(db);
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await sql<{ digest: string }>`
      select coalesce(md5(string_agg(t::text, ' ' order by t::text)), '') as digest from ${sql.table(name)} t
    `.execute(db);
    digests[name] = rows[0]?.digest ?? "";
  }
  return digests;
}

const entriesOf = async (world: World, { organization_id, service_token }: Tenant) =>
  (await world.call("GET", `/audit_log?organization_id=${organization_id}`, service_token)).json as readonly {
    action: string;
    subject: string | null;
  }[];

test("no change is made without its entry: where the log cannot be written, every one of them is undone", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await createFixtures(world, receiver.url);
  await world.breakTable("audit_entry");
  const before = await rowsOf(world);
  for (const { method, route, request } of changes) {
    const { path, body } = request(tenant);
    const answer = await world.call(method, path, tenant.service_token, body);
    expect(answer.status, `${method} ${route}: ${answer.text}`).toBe(500);
    expect(await rowsOf(world), `${method} ${route}`).toEqual(before);
  }
  expect((await world.receive()).Records, "nothing went to the queue").toEqual([]);
});

test("every change has one entry, and what only asks or is refused has none", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await createFixtures(world, receiver.url);
  const { organization_id, application_id, service_token } = tenant;
  const entries = async () => {
    const { rows } = await sql<{ action: string }>`
      select action from audit_entry where organization_id = ${organization_id} order by audit_entry_id
    `.execute(world.ctx.db);
    return rows.map(({ action }) => action);
  };
  const dryRun = { application_id, filter: {}, dry_run: true };
  for (const path of ["/replays", "/dead_letters/retry"]) {
    const before = await entries();
    expect((await world.call("POST", path, service_token, dryRun)).status).toBe(200);
    expect(await entries(), `${path}, dry`).toEqual(before);
  }
  for (const { method, route, action, scope, success, request } of routeCases) {
    if (scope === "person") continue;
    const { path, body } = request(tenant);
    const before = await entries();
    const answer = await world.call(method, path, service_token, body);
    expect(answer.status, `${method} ${route}: ${answer.text}`).toBe(success);
    const isChange = method !== "GET" && !unaudited.has(action);
    expect(await entries(), `${method} ${route}`).toEqual(isChange ? [...before, action] : before);
  }
});

test.each([
  ["before its entry is written", "audit_entry", "before", false],
  ["before the commit", "commit", "before", false],
  ["after the commit, before the answer", "commit", "after", true],
] as const)(
  "a connection that dies %s leaves the change and its entry, or neither",
  async (_, text, when, isThere) => {
    await using proxy = await startPostgresProxy(Number(new URL(inject("templateUrl")).port));
    await using world = await createWorld({ databasePort: proxy.port });
    const tenant = await createTenant(world);
    const { application_id, service_token } = tenant;
    const cut = proxy.cut(text, when, 10_000);
    const post = subscriptionPost(tenant, "https://a.example/");
    expect((await world.call("POST", "/subscriptions", service_token, post)).status).toBe(503);
    expect(await cut).toBe(true);
    const listed = await world.call("GET", `/subscriptions?application_id=${application_id}`, service_token);
    const made = (listed.json as { subscription_id: string }[]).map(({ subscription_id }) => subscription_id);
    const entries = await entriesOf(world, tenant);
    expect(made).toHaveLength(isThere ? 1 : 0);
    expect(entries.map(({ action, subject }) => [action, subject])).toEqual(
      made.map((id) => ["subscription:create", id]),
    );
  },
);
