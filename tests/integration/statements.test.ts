import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { migrate } from "#core/db/migrate.ts";
import { createEmptyDatabase } from "../helpers/database.ts";
import { createTenant, createWorld, subscriptionPost } from "../helpers/world.ts";

const migrations = fileURLToPath(new URL("../../migrations", import.meta.url));

test("two starts at once apply every migration once", async () => {
  await using database = await createEmptyDatabase();
  const applied = await Promise.all([migrate(database.db, migrations), migrate(database.db, migrations)]);
  const names = (await readdir(migrations)).map((file) => file.replace(".sql", ""));
  expect(applied.flat().toSorted()).toEqual(names.toSorted());
  expect(await migrate(database.db, migrations)).toEqual([]);
});

/** Fills an application with finished attempts and subscriptions, so that the planner has a choice. */
async function createCrowd() {
  const world = await createWorld();
  const tenant = await createTenant(world);
  const { db } = world.ctx;
  const made = await world.call(
    "POST",
    "/subscriptions",
    tenant.service_token,
    subscriptionPost(tenant, "https://a.example/"),
  );
  await sql`
    insert into request_attempt (delivery_id, application_id, event_id, event_type_name, subscription_id, retry_count,
      created_at, due_at, enqueue_at, succeeded_at)
    select uuidv7(), ${tenant.application_id}, uuidv7(), 'shop.order.paid', ${made.json.subscription_id}, 0,
      now() - n * interval '1 second', now(), now(), case when n % 100 > 0 then now() end
    from generate_series(1, 20000) n
  `.execute(db);
  await sql`
    insert into subscription_route (application_id, event_type_name, anchor, subscription_id, labels)
    select ${tenant.application_id}, 'shop.order.paid', 'customer=' || n, ${made.json.subscription_id},
      jsonb_build_object('customer', n::text)
    from generate_series(2, 10000) n
  `.execute(db);
  await sql`analyze`.execute(db);
  return { world, tenant, subscriptionId: made.json.subscription_id as string };
}

test("hot statements read what they need by an index, whatever lies beside it", async () => {
  const { world, tenant, subscriptionId } = await createCrowd();
  await using _ = world;
  const { db } = world.ctx;
  const plan = async (query: ReturnType<typeof sql>) => {
    const { rows } = await sql<{ "QUERY PLAN": string }>`explain ${query}`.execute(db);
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  };
  const due = await plan(sql`
    select request_attempt_id from request_attempt
    where coalesce(succeeded_at, failed_at) is null and enqueue_at <= now() and (enqueue_at <= now() or enqueue_at = due_at)
    order by enqueue_at limit 100 for update skip locked`);
  expect(due).toContain("Index Scan using request_attempt_unfinished");
  const facts = await plan(sql`
    select * from analytics_facts(${tenant.application_id}, now() - interval '2 days', now() - interval '1 day')`);
  expect(facts).toContain("request_attempt_ended");
  expect(facts).not.toContain("Seq Scan on request_attempt");
  const open = await plan(sql`
    select * from request_attempt
    where application_id = ${tenant.application_id} and subscription_id = ${subscriptionId}
      and delivery_id = ${crypto.randomUUID()} and succeeded_at is null and failed_at is null`);
  expect(open).toContain("request_attempt_open");
  const backlog = await plan(sql`
    select * from request_attempt
    where application_id = ${tenant.application_id} and subscription_id = ${crypto.randomUUID()}
      and coalesce(succeeded_at, failed_at) is null`);
  expect(backlog).toContain("request_attempt_backlog");
  const newest = await plan(sql`
    select * from request_attempt where application_id = ${tenant.application_id}
    order by created_at desc, request_attempt_id desc limit 51`);
  expect(newest).toContain("Index Scan using request_attempt_application");
  const matching = await plan(
    sql`select * from matching_subscriptions(${tenant.application_id}, 'shop.order.paid', '{"customer": "7", "x": "y"}', false)`,
  );
  expect(matching).toMatch(
    /Index (Only )?Scan using subscription_route_pkey|Bitmap Index Scan on subscription_route_pkey/,
  );
  expect(matching).toContain("anchor = ANY");
});
