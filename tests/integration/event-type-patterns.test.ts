import fc from "fast-check";
import { sql } from "kysely";
import * as v from "valibot";
import { expect, test } from "vitest";
import { canonicalSelector, fits } from "#core/event-type-pattern.ts";
import { EventTypeSelector } from "#core/schema.ts";
import { createDatabase } from "../helpers/database.ts";
import { createTenant, createWorld, eventPost, subscriptionPost, type World } from "../helpers/world.ts";

/** Slow and obvious: `*` is one part, `**` one or more, and no wildcard stands for Columba's own service. */
function matches(pattern: readonly string[], name: readonly string[], isFirst = true): boolean {
  const [head, ...rest] = pattern;
  const [part, ...others] = name;
  if (head === undefined || part === undefined) return head === part;
  const isWild = head === "*" || head === "**";
  if (isWild ? isFirst && part === "columba" : head !== part) return false;
  if (matches(rest, others, false)) return true;
  return head === "**" && matches(pattern, others, false);
}

test("a pattern matches the same names in the ledger as by a slow reference matcher", async () => {
  await using database = await createDatabase();
  const part = fc.constantFrom("order", "paid", "a", "b*", "columba", "%", "é");
  const name = fc.tuple(part, part, part);
  const selector = fc
    .array(fc.oneof(part, fc.constantFrom("*", "**")), { minLength: 1, maxLength: 4 })
    .filter((parts) => v.safeParse(EventTypeSelector, parts.join(".")).success)
    .filter((parts) => parts.length === 3 || parts.includes("**"));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(selector, name), { minLength: 200, maxLength: 400 }),
      async (pairs) => {
        const { rows } = await sql<{ is_match: boolean }>`
        select pattern = any (route_names(name)) as is_match
        from unnest(${pairs.map(([pattern]) => canonicalSelector(pattern.join(".")))}::text[],
          ${pairs.map(([, parts]) => parts.join("."))}::text[]) with ordinality as pair (pattern, name, number)
        order by number
      `.execute(database.db);
        const expected = pairs.map(([pattern, parts]) => matches(pattern, parts));
        expect(pairs.map(([pattern, parts]) => fits(pattern.join("."), parts.join(".")))).toEqual(expected);
        expect(rows.map((row) => row.is_match)).toEqual(expected);
      },
    ),
    { numRuns: 25 },
  );
});

const subscribe = (
  world: World,
  tenant: { application_id: string; service_token: string },
  types: string[],
) =>
  world.call(
    "POST",
    "/subscriptions",
    tenant.service_token,
    subscriptionPost(tenant, "https://a.example/", { event_types: types }),
  );

const createType = (
  world: World,
  tenant: { application_id: string; service_token: string },
  name: string,
) => {
  const [service, resource_type, verb] = name.split(".");
  const { application_id } = tenant;
  return world.call("POST", "/event_types", tenant.service_token, {
    application_id,
    service,
    resource_type,
    verb,
  });
};

/** Which of the subscriptions an event of this type goes to. */
async function routed(world: World, tenant: { application_id: string; service_token: string }, type: string) {
  const sent = await world.call(
    "POST",
    "/event",
    tenant.service_token,
    eventPost(tenant, { event_type: type }),
  );
  expect(sent.status).toBe(201);
  const path = `/request_attempts?application_id=${tenant.application_id}&event_id=${sent.json.event_id}`;
  const { json } = await world.call("GET", path, tenant.service_token);
  return json.map(
    (attempt: { subscription: { subscription_id: string } }) => attempt.subscription.subscription_id,
  );
}

test("a pattern gets events of types that are created later, each once however many of its patterns fit", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const types = ["order.*.paid", "order.**", "**", "shop.order.paid"];
  const made = await subscribe(world, tenant, types);
  expect(made.status).toBe(201);
  expect(made.json.event_types).toEqual(types);
  const exact = await subscribe(world, tenant, ["shop.order.paid"]);
  await createType(world, tenant, "order.invoice.paid");

  expect(await routed(world, tenant, "order.invoice.paid")).toEqual([made.json.subscription_id]);
  const both = await routed(world, tenant, "shop.order.paid");
  expect(both.toSorted()).toEqual([made.json.subscription_id, exact.json.subscription_id].toSorted());
});

test("a pattern that no longer stands, or stands for another tenant, gets nothing", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const other = await createTenant(world, "Other");
  await subscribe(world, other, ["**"]);
  const { json } = await subscribe(world, tenant, ["shop.**"]);
  const path = `/subscriptions/${json.subscription_id}`;
  const narrowed = subscriptionPost(tenant, "https://a.example/", { event_types: ["order.**"] });
  expect((await world.call("PUT", path, tenant.service_token, narrowed)).status).toBe(200);
  expect(await routed(world, tenant, "shop.order.paid")).toEqual([]);
});

test("everything does not mean Columba's own events: they go to who names them", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  await createType(world, tenant, "columba.delivery.dead");
  await subscribe(world, tenant, ["**", "*.delivery.dead"]);
  const named = await subscribe(world, tenant, ["columba.**"]);
  expect(await routed(world, tenant, "columba.delivery.dead")).toEqual([named.json.subscription_id]);
});

test("a wildcard inside a part is not a pattern, and a part of an event type is never a wildcard", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const partial = await subscribe(world, tenant, ["shop.ord*.paid"]);
  expect(partial.status).toBe(400);
  expect(partial.json).toMatchObject({ id: "EventTypeDoesNotExist" });
  expect(partial.json.detail).toContain("a wildcard stands for whole parts");
  expect((await subscribe(world, tenant, ["order.*"])).json).toMatchObject({ status: 422, id: "Validation" });
  expect((await createType(world, tenant, "shop.*.paid")).json).toMatchObject({
    status: 422,
    id: "Validation",
  });
});

test("an application without patterns looks routes up by the exact name alone", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  await subscribe(world, tenant, ["shop.order.paid"]);
  const { db } = world.ctx;
  /** How often the index was searched: by the name of the event type, and by the eight names of a pattern. */
  const searches = async () => {
    const { rows } = await db.connection().execute(async (connection) => {
      // Of a table with a few rows the planner would read the whole.
      await sql`set enable_seqscan = off`.execute(connection);
      return sql<{ "QUERY PLAN": string }>`
      explain (analyze, timing off, summary off)
      with a as materialized (select application_id, has_patterns from application)
      select m.* from a cross join lateral
        matching_subscriptions(a.application_id, 'shop.order.paid', '{"customer": "1"}', a.has_patterns) m
    `.execute(connection);
    });
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    return [...plan.matchAll(/Index Searches: (\d+)/g)].map((found) => Number(found[1]));
  };
  expect(await searches()).toEqual([1, 0]);
  await subscribe(world, tenant, ["**"]);
  const [exact = -1, pattern = 0] = await searches();
  expect(exact).toBe(0);
  expect(pattern).toBeGreaterThan(0);
});
