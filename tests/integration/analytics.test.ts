import fc from "fast-check";
import { sql } from "kysely";
import * as v from "valibot";
import { expect, test } from "vitest";
import * as Analytics from "#core/analytics/analytics.ts";
import { rollUp } from "#core/analytics/rollup.ts";
import * as DeadLetter from "#core/dead-letter.ts";
import * as Erasure from "#core/erasure.ts";
import { secondsAfter } from "#core/delivery/lease.ts";
import { retry } from "#core/retry.ts";
import * as Subscription from "#core/subscription.ts";
import { expectRight } from "../helpers/analytics-oracle.ts";
import { DeliverySystem } from "../helpers/delivery-system.ts";
import { startReceiver } from "../helpers/receiver.ts";
import { createTenant, createWorld, eventPost, subscriptionPost, type World } from "../helpers/world.ts";

const DAY_SECONDS = 86_400;
const rollAllUp = ({ ctx }: World) => rollUp(ctx, { stopAt: new Date(ctx.now().getTime() + 60_000) });
const parse = (query: object) => v.parse(Analytics.AnalyticsQuery, query);

async function newSystem(world: World) {
  const tenant = await createTenant(world);
  const post = v.parse(Subscription.SubscriptionPost, subscriptionPost(tenant, "http://127.0.0.1:1/"));
  const { subscription_id } = await Subscription.create(world.ctx, post);
  return {
    tenant,
    subscription_id,
    system: new DeliverySystem(world, tenant, { id: subscription_id, post }),
  };
}

/** One that dies in the middle: what it did is undone. */
async function rollUpAndDie({ ctx }: World): Promise<void> {
  await ctx.db
    .transaction()
    .execute(async (tx) => {
      await sql`select from roll_up(${new Date(ctx.now().getTime() - 120_000)}, 3)`.execute(tx);
      throw new Error("died");
    })
    .catch(() => {});
}

type Made = Awaited<ReturnType<typeof newSystem>>;
type Step = (world: World, made: Made) => Promise<unknown> | void;
const index = fc.nat({ max: 3 });
const steps = fc.oneof(
  fc.constant<Step>((_, { system }) => system.ingest(true)),
  fc.constant<Step>((_, { system }) => system.ingest(true)),
  fc.tuple(index, fc.constantFrom<("ok" | "fail" | "hang")[]>("ok", "ok", "fail", "fail", "hang")).map<Step>(
    ([at, how]) =>
      (_, { system }) =>
        system.deliver(at, how),
  ),
  index.map<Step>(
    (at) =>
      (_, { system }) =>
        system.die(at),
  ),
  index.map<Step>(
    (at) =>
      (_, { system }) =>
        system.recordLate(at, "ok"),
  ),
  fc.constantFrom(7, 40, 130, 3_500, 40_000).map<Step>(
    (seconds) =>
      async (_, { system }) => (system.advance(seconds), system.schedule(false)),
  ),
  index.map<Step>(
    (at) =>
      async (_, { system }) =>
        void (system.events.length > 0 && (await system.replay(at))),
  ),
  fc.boolean().map<Step>(
    (on) =>
      (_, { system }) =>
        system.setEnabled(on),
  ),
  index.map<Step>((at) => async ({ ctx }, { tenant, system }) => {
    const attempts = await system.attempts();
    const one = attempts[at % Math.max(1, attempts.length)];
    if (!one) return;
    const retried = await retry(ctx, tenant.application_id, one.request_attempt_id).catch(() => null);
    system.queue.push(...(retried?.deliveries ?? []));
  }),
  fc.constant<Step>(async ({ ctx }, { tenant, system }) => {
    const input = v.parse(DeadLetter.RetryPost, { application_id: tenant.application_id });
    system.queue.push(...(await DeadLetter.retry(ctx, input)).deliveries);
  }),
  fc.constant<Step>((world) => rollAllUp(world)),
  fc.constant<Step>((world) => Promise.all([rollAllUp(world), rollAllUp(world)])),
  fc.constant<Step>((world) => rollUpAndDie(world)),
);

async function rollupsOf({ ctx }: World): Promise<number> {
  const { rows } = await sql<{ rows: number }>`select count(*)::int as rows from analytics_rollup`.execute(
    ctx.db,
  );
  return rows[0]?.rows ?? 0;
}

async function expectAllRight(world: World, { tenant, subscription_id }: Made): Promise<void> {
  const { application_id } = tenant;
  for (const by of ["minute", "hour", "day"] as const) {
    await expectRight(world, parse({ application_id, by, group_by: "subscription" }));
  }
  await expectRight(world, parse({ application_id, subscription_id, by: "minute", group_by: "event_type" }));
}

test("whatever happens to deliveries, and whoever dies rolling up, analytics say what counting the ledger says", async () => {
  await using world = await createWorld();
  const runs = fc.array(steps, { minLength: 5, maxLength: 40, size: "max" });
  const plan = fc.asyncProperty(runs, async (run) => {
    const made = await newSystem(world);
    try {
      for (const step of run) await step(world, made);
      await expectAllRight(world, made);
    } finally {
      // The scheduler would hand them to the next run.
      await sql`delete from request_attempt where succeeded_at is null and failed_at is null`.execute(
        world.ctx.db,
      );
    }
  });
  await fc.assert(plan, { numRuns: 150, interruptAfterTimeLimit: 40_000 });
  // It has not been right for having nothing but the ledger to read.
  expect(await rollupsOf(world)).toBeGreaterThan(0);
}, 90_000);

/** A finished ledger of some days: three subscriptions, two event types, tries that failed, latencies of many sizes. */
async function fillLedger({ ctx }: World, applicationId: string, days: number): Promise<void> {
  const subscriptions = ["a", "b", "c"].map((letter) => `00000000-0000-4000-8000-00000000000${letter}`);
  await sql`select setseed(0.5)`.execute(ctx.db);
  await sql`
    with made as (
      select uuidv7() as id, n, random() as luck, (random() * 2)::int as kind,
        ${ctx.now()}::timestamptz - random() * interval '1 day' * ${days}::int as at
      from generate_series(1, ${days * 150}::int) n
    ),
    events as (
      insert into event (application_id, event_id, event_type_name, payload, payload_content_type, ip, metadata, labels,
        occurred_at, received_at)
      select ${applicationId}, id, case when kind = 1 then 'shop.order.paid' else 'shop.order.sent' end, '', 'text/plain',
        '127.0.0.1', '{}', '{}', at, date_trunc('milliseconds', at)
      from made
    )
    insert into request_attempt (request_attempt_id, delivery_id, application_id, event_id, event_type_name,
      subscription_id, retry_count, created_at, due_at, enqueue_at, succeeded_at, failed_at, dead_at, died_at,
      response_status, response_elapsed_ms)
    select id, id, ${applicationId}, id, case when kind = 1 then 'shop.order.paid' else 'shop.order.sent' end,
      (${subscriptions}::uuid[])[1 + n % 3], 0, date_trunc('milliseconds', made.at), made.at, made.at,
      case when luck < 0.7 then e.at end, case when luck >= 0.7 and luck < 0.95 then e.at end,
      case when luck >= 0.7 and luck < 0.75 then e.at end, case when luck >= 0.7 and luck < 0.8 then e.at end,
      case when luck < 0.9 then 200 end, case when luck < 0.93 then (exp(luck * 12))::int end
    from made cross join lateral (select date_trunc('milliseconds', made.at + exp(random() * 12) * interval '1 ms') as at) e
  `.execute(ctx.db);
}

test("figures of a month are right by minute, hour and day, for a subscription, an event type and both, however far it is rolled up", async () => {
  await using world = await createWorld();
  const { application_id } = await createTenant(world);
  await fillLedger(world, application_id, 20);
  await fillLedger(world, (await createTenant(world)).application_id, 3);
  const subscription_id = "00000000-0000-4000-8000-00000000000b";
  const queries = [
    { by: "minute", group_by: "subscription" },
    { by: "hour", group_by: "event_type", subscription_id },
    { by: "day", group_by: "subscription", event_type: "shop.order.paid" },
    { by: "hour", subscription_id, event_type: "shop.order.sent" },
    {
      by: "hour",
      from: new Date(world.ctx.now().getTime() - 9.3 * DAY_SECONDS * 1_000).toISOString(),
      to: new Date(world.ctx.now().getTime() - 3.1 * DAY_SECONDS * 1_000).toISOString(),
      group_by: "subscription",
    },
  ].map((query) => parse({ application_id, ...query }));
  const expectAllRight = async () => {
    for (const query of queries) await expectRight(world, query);
  };
  await expectAllRight();
  for (const minutes of [1, 700, 20_000]) {
    await sql`select from roll_up(${new Date(world.ctx.now().getTime() - 120_000)}, ${minutes})`.execute(
      world.ctx.db,
    );
    await expectAllRight();
  }
  await rollAllUp(world);
  await expectAllRight();
  const answers = () => Promise.all(queries.map((query) => Analytics.read(world.ctx, query)));
  const before = await answers();

  // Recomputed from the ledger, from the beginning of a day on, they are the same.
  const dayBefore = new Date(Math.floor(world.ctx.now().getTime() / 86_400_000 - 5) * 86_400_000);
  await world.ctx.db.updateTable("analytics_watermark").set({ rolled_up_until: dayBefore }).execute();
  await rollAllUp(world);
  expect(await answers()).toEqual(before);
  world.advance(DAY_SECONDS);
  await rollAllUp(world);
  await expectAllRight();
});

const insertEvent = (db: World["ctx"]["db"], applicationId: string, at: Date) =>
  sql`
    insert into event (application_id, event_id, event_type_name, payload, payload_content_type, ip, metadata, labels,
      occurred_at, received_at)
    values (${applicationId}, uuidv7(), 'shop.order.paid', '', 'text/plain', '127.0.0.1', '{}', '{}', ${at}, ${at})
  `.execute(db);

test("what commits late is counted: a transaction under way holds the rolling up back", async () => {
  await using world = await createWorld();
  const { application_id } = await createTenant(world);
  const minute = new Date(Math.floor(world.ctx.now().getTime() / 60_000 - 10) * 60_000);
  /** How far the ledger may be rolled up when it is settled so many seconds after the minute. */
  const target = async (seconds: number) => {
    const settled = secondsAfter(minute, seconds);
    const { rows } = await sql<{ target: Date }>`select target from roll_up(${settled}, 1)`.execute(
      world.ctx.db,
    );
    return rows[0]?.target;
  };
  const written = Promise.withResolvers<void>();
  const committed = Promise.withResolvers<void>();
  const late = world.ctx.db.transaction().execute(async (tx) => {
    await insertEvent(tx, application_id, new Date(minute.getTime() - 500));
    written.resolve();
    await committed.promise;
  });
  await written.promise;
  // What settles is as much earlier as the oldest transaction is old.
  await expect.poll(() => target(-58), { timeout: 15_000 }).toEqual(secondsAfter(minute, -120));
  expect(await target(1)).toEqual(secondsAfter(minute, -60));
  committed.resolve();
  await late;
  expect(await target(1)).toEqual(minute);
  await rollAllUp(world);
  expect((await expectRight(world, parse({ application_id, by: "minute" }))).total.accepted).toBe(1);
});

test("analytics outlive the events, hold nothing of a person, and end with their own retention", async () => {
  await using world = await createWorld();
  const { application_id } = await createTenant(world);
  await fillLedger(world, application_id, 2);
  await rollAllUp(world);
  world.advance(3_600);
  await rollAllUp(world);
  const before = await Analytics.read(world.ctx, parse({ application_id, by: "day" }));
  expect(before.total.accepted).toBe(300);
  const everything = v.parse(Erasure.ErasurePost, { application_id, all_events: true });
  const { erasure_id } = await Erasure.create(world.ctx, everything);
  await Erasure.begin(world.ctx, application_id, erasure_id);
  const after = await Analytics.read(world.ctx, parse({ application_id, by: "day" }));
  expect(after.points).toEqual(before.points);
  const spans = async () =>
    (
      await sql<{ span: string }>`select distinct span from analytics_rollup order by span`.execute(
        world.ctx.db,
      )
    ).rows.map(({ span }) => span);
  expect(await spans()).toEqual(["day", "hour", "minute"]);
  world.advance(3 * DAY_SECONDS);
  await rollAllUp(world);
  expect(await spans()).toEqual(["day", "hour"]);
  world.advance(40 * DAY_SECONDS);
  await rollAllUp(world);
  expect(await spans()).toEqual(["day"]);
  world.advance(400 * DAY_SECONDS);
  await rollAllUp(world);
  expect(await spans()).toEqual([]);
});

test("the API tells of a subscription's traffic and of what waits, and refuses what cannot be looked back on", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver((response, _, count) =>
    response.writeHead(count === 1 ? 500 : 200).end(),
  );
  const tenant = await createTenant(world);
  const { service_token: token, application_id } = tenant;
  const { subscription_id } = (
    await world.call("POST", "/subscriptions", token, subscriptionPost(tenant, receiver.url))
  ).json;
  for (let event = 0; event < 2; event++) {
    await world.call("POST", "/event", token, eventPost(tenant));
    await world.runDelivery(await world.receive());
  }
  const read = (extra: string) =>
    world.call("GET", `/analytics?application_id=${application_id}${extra}`, token);
  const { status, json } = await read(`&by=minute&group_by=subscription`);
  expect(status).toBe(200);
  const figures = { accepted: 2, delivered: 1, failed: 1, dead: 0, error_rate: 0.5 };
  const open = { waiting: 1, dead_letters: 0, oldest_waiting_at: expect.any(String) };
  expect(json).toMatchObject({
    total: { ...figures, ...open, delivery_latency: { p99_ms: expect.any(Number) } },
    points: [figures],
    groups: [{ subscription_id, event_type: null, ...figures, ...open }],
  });
  // The scheduler rolls up on its way.
  world.advance(300);
  await world.runScheduler();
  expect(await rollupsOf(world)).toBe(4);
  expect((await read("&by=minute")).json.total).toMatchObject(figures);
  expect((await read("&event_type=no.such.type")).json).toMatchObject({
    total: { accepted: 0, waiting: 0 },
    points: [],
  });
  expect((await read("&by=second")).status).toBe(422);
  expect((await read("&by=minute&from=2020-01-01T00:00:00Z")).json).toMatchObject({
    status: 400,
    id: "InvalidDateRange",
  });
  expect((await read("&to=2020-01-01T00:00:00Z")).json).toMatchObject({
    status: 400,
    id: "InvalidDateRange",
  });
});
