import fc from "fast-check";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { advanceReplays } from "#core/replay-work.ts";
import * as Replay from "#core/replay.ts";
import { startReceiver } from "../helpers/receiver.ts";
import { createTenant, createWorld, eventPost, subscriptionPost, type World } from "../helpers/world.ts";

async function subscribe(world: World, tenant: Awaited<ReturnType<typeof createTenant>>, extra: object = {}) {
  const body = subscriptionPost(tenant, "http://127.0.0.1:9/", extra);
  const made = await world.call("POST", "/subscriptions", tenant.service_token, body);
  expect(made.status, made.text).toBe(201);
  return made.json.subscription_id as string;
}

/** A tenant with this many events, a second apart, which no subscription has had. */
async function createPast(world: World, events: number, labels: object = { customer: "1" }) {
  const tenant = await createTenant(world);
  await sql`
    insert into event (application_id, event_id, event_type_name, payload, payload_content_type, ip, metadata, labels,
      occurred_at, received_at)
    select ${tenant.application_id}, uuidv7(), 'shop.order.paid', '{}', 'application/json', '192.0.2.7', '{}',
      ${JSON.stringify(labels)}::jsonb, ${world.ctx.now()}, ${world.ctx.now()}::timestamptz - n * interval '1 second'
    from generate_series(1, ${events}) n
  `.execute(world.ctx.db);
  const call = (path: string, body: object) =>
    world.call("POST", path, tenant.application_secret, {
      application_id: tenant.application_id,
      ...body,
    });
  return { ...tenant, call };
}

async function attemptsOf(world: World, applicationId: string) {
  return world.ctx.db
    .selectFrom("request_attempt")
    .where("application_id", "=", applicationId)
    .selectAll()
    .orderBy("due_at")
    .execute();
}

const batch = { horizonSeconds: 60, stopAt: new Date(8.64e15) };

test("a replay sends what a subscription missed, once each, and says so", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const past = await createPast(world, 3);
  await world.call("POST", "/subscriptions", past.service_token, subscriptionPost(past, receiver.url));
  const filter = { status: "never_attempted" };
  const dry = await past.call("/replays", { filter, dry_run: true });
  expect(dry).toMatchObject({ status: 200, json: { attempts_expected: 3, is_exact: true } });
  expect(await attemptsOf(world, past.application_id), "a dry run makes nothing").toEqual([]);

  const made = await past.call("/replays", { filter });
  expect(made).toMatchObject({
    status: 201,
    json: { state: "running", attempts_expected: 3, attempts_made: 0 },
  });
  expect(await world.runScheduler()).toEqual({ enqueued: 3 });
  world.advance(1);
  await expect
    .poll(
      async () => {
        await world.runDelivery(await world.receive());
        return receiver.received.length;
      },
      { timeout: 10_000, interval: 100 },
    )
    .toBe(3);
  const path = `/replays/${made.json.replay_id}?application_id=${past.application_id}`;
  const done = await world.call("GET", path, past.service_token);
  expect(done.json).toMatchObject({ state: "completed", attempts_made: 3, filter });
  const again = await past.call("/replays", { filter, dry_run: true });
  expect(again.json.attempts_expected, "nothing is missed now").toBe(0);
});

test("attempts are due at the pace and made no further ahead than the scheduler's next run", async () => {
  await using world = await createWorld();
  const past = await createPast(world, 130);
  await subscribe(world, past);
  await past.call("/replays", { filter: {}, attempts_per_second: 1 });
  const start = world.ctx.now().getTime();
  await world.runScheduler();
  const first = await attemptsOf(world, past.application_id);
  expect(first.map(({ due_at }) => (due_at.getTime() - start) / 1_000)).toEqual([...Array(60).keys()]);
  await world.runScheduler();
  expect(await attemptsOf(world, past.application_id), "no more until time has passed").toHaveLength(60);
  world.advance(60);
  await world.runScheduler();
  world.advance(60);
  await world.runScheduler();
  expect(await attemptsOf(world, past.application_id)).toHaveLength(130);
});

test("a job is paused, goes on where it was, and is cancelled; ending twice changes nothing", async () => {
  await using world = await createWorld();
  const past = await createPast(world, 200);
  await subscribe(world, past);
  const { replay_id } = (await past.call("/replays", { filter: {}, attempts_per_second: 1 })).json;
  const change = async (kind: string) => (await past.call(`/replays/${replay_id}/${kind}`, {})).json.state;
  const made = async () => (await attemptsOf(world, past.application_id)).length;
  await world.runScheduler();
  expect(await change("pause")).toBe("paused");
  world.advance(600);
  await world.runScheduler();
  expect(await made()).toBe(60);
  expect(await change("resume")).toBe("running");
  await world.runScheduler();
  expect(await made(), "the pause is not caught up with").toBe(120);
  expect(await change("cancel")).toBe("cancelled");
  world.advance(600);
  await world.runScheduler();
  expect(await made()).toBe(120);
  expect(await change("resume"), "what has ended stays so").toBe("cancelled");
  const events = (await attemptsOf(world, past.application_id)).map(({ event_id }) => event_id);
  expect(new Set(events).size).toBe(120);
});

test("a crash in the middle of a job loses and repeats nothing", async () => {
  await using world = await createWorld();
  const past = await createPast(world, 1_200);
  await subscribe(world, past);
  await past.call("/replays", { filter: {}, attempts_per_second: 1_000 });
  const crash = new Error("crash");
  const crashing = world.ctx.db.transaction().execute(async (tx) => {
    expect(await advanceReplays({ ...world.ctx, db: tx }, batch)).toBe(1_200);
    throw crash;
  });
  await expect(crashing).rejects.toBe(crash);
  expect(await attemptsOf(world, past.application_id)).toEqual([]);
  expect(await advanceReplays(world.ctx, batch)).toBe(1_200);
  const attempts = await attemptsOf(world, past.application_id);
  expect(new Set(attempts.map(({ event_id }) => event_id)).size).toBe(1_200);
  expect(attempts).toHaveLength(1_200);
});

test("several schedulers at once make each attempt of each job once", async () => {
  await using world = await createWorld();
  const past = await createPast(world, 2_300);
  await subscribe(world, past);
  await subscribe(world, past);
  const job = { filter: { status: "all" }, attempts_per_second: 1_000 };
  const jobs = [await past.call("/replays", job), await past.call("/replays", job)];
  const runs = await Promise.all(Array.from({ length: 6 }, () => advanceReplays(world.ctx, batch)));
  runs.push(await advanceReplays(world.ctx, batch));
  expect(runs.reduce((sum, run) => sum + run, 0)).toBe(2 * 4_600);
  const { rows } = await sql<{ times: number; pairs: number }>`
    select times::int, count(*)::int as pairs from (
      select count(*) as times from request_attempt where application_id = ${past.application_id}
      group by event_id, subscription_id
    ) pair group by times
  `.execute(world.ctx.db);
  expect(rows).toEqual([{ times: 2, pairs: 4_600 }]);
  for (const { json } of jobs) {
    const state = await Replay.get(world.ctx, past.application_id, json.replay_id);
    expect(state).toMatchObject({ attempts_expected: 4_600, attempts_made: 4_600, state: "completed" });
  }
});

test("one event with more subscriptions than a batch has room for is sent to each once", async () => {
  await using world = await createWorld();
  const past = await createPast(world, 2);
  for (let n = 0; n < 7; n++) await subscribe(world, past);
  await past.call("/replays", { filter: {}, attempts_per_second: 1 });
  for (let run = 0; run < 14; run++) {
    await advanceReplays(world.ctx, { ...batch, horizonSeconds: 1 });
    world.advance(1);
  }
  const pairs = (await attemptsOf(world, past.application_id)).map(
    (a) => `${a.event_id} ${a.subscription_id}`,
  );
  expect(pairs).toHaveLength(14);
  expect(new Set(pairs).size).toBe(14);
});

/** What has become of one event at one subscription before the replay. */
const histories = {
  untouched: [],
  open: ["open"],
  delivered: ["failed", "succeeded"],
  retrying: ["failed", "open"],
  dead: ["failed", "dead"],
  deliveredSince: ["dead", "succeeded"],
  buried: ["failed"],
  abandoned: ["failed", "abandoned"],
  neverSent: ["abandoned"],
  deadAfterDelivery: ["succeeded", "dead"],
} as const;
type History = keyof typeof histories;
const takes: Record<Replay.ReplayFilter["status"], readonly History[]> = {
  all: Object.keys(histories) as History[],
  never_attempted: ["untouched", "neverSent"],
  failed: ["dead", "buried", "abandoned", "neverSent", "deadAfterDelivery"],
  dead: ["dead", "abandoned", "neverSent", "deadAfterDelivery"],
};

test("whatever the filter and the past, a dry run counts the attempts that the job makes, and those that are meant", async () => {
  await using world = await createWorld();
  const { db, now } = world.ctx;
  const event = fc.record({
    customer: fc.constantFrom("1", "2"),
    history: fc.constantFrom(...(Object.keys(histories) as History[])),
    ageSeconds: fc.integer({ min: 0, max: 4 }),
  });
  const filters = fc.record({
    status: fc.constantFrom("all" as const, "dead" as const, "failed" as const, "never_attempted" as const),
    labels: fc.option(fc.constant({ customer: "1" }), { nil: undefined }),
    youngest: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
    oldest: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
    event_type_names: fc.constantFrom(undefined, [], ["shop.order.paid"], ["shop.order.lost"]),
  });
  const run = async (
    events: readonly { customer: string; history: History; ageSeconds: number }[],
    chosen: FilterOf<typeof filters>,
  ) => {
    const tenant = await createTenant(world);
    const subscription_id = await subscribe(world, tenant, { labels: { shop: "a" } });
    const at = (ageSeconds: number) => new Date(now().getTime() - ageSeconds * 1_000);
    for (const [index, { customer, history, ageSeconds }] of events.entries()) {
      const event_id = crypto.randomUUID();
      await sql`insert into event (application_id, event_id, event_type_name, payload, payload_content_type, ip, metadata,
        labels, occurred_at, received_at) values (${tenant.application_id}, ${event_id}, 'shop.order.paid', '{}',
        'application/json', '192.0.2.7', '{}', ${JSON.stringify({ customer, shop: "a" })}, ${now()}, ${at(ageSeconds)})`.execute(
        db,
      );
      for (const [step, kind] of histories[history].entries()) {
        const end = new Date(now().getTime() + index + step * 1_000);
        const isDead = kind === "dead" || kind === "abandoned";
        const isFailed = kind === "failed" || isDead;
        const isSent = kind !== "abandoned" && kind !== "open";
        await sql`insert into request_attempt (delivery_id, application_id, event_id, event_type_name, subscription_id,
          retry_count, created_at, due_at, enqueue_at, succeeded_at, failed_at, dead_at,
          response_elapsed_ms)
          values (${crypto.randomUUID()}, ${tenant.application_id}, ${event_id}, 'shop.order.paid', ${subscription_id},
          ${step}, ${now()}, ${now()}, ${now()}, ${kind === "succeeded" ? end : null}, ${isFailed ? end : null},
          ${isDead ? end : null}, ${isSent ? 5 : null})`.execute(db);
      }
    }
    const { youngest, oldest, ...rest } = chosen;
    const filter = {
      ...rest,
      subscription_id,
      ...(youngest !== undefined && { max_received_at: at(youngest) }),
      ...(oldest !== undefined && { min_received_at: at(oldest) }),
    };
    const meant = events.filter(
      ({ customer, history, ageSeconds }) =>
        (customer === "1" || chosen.labels === undefined) &&
        takes[chosen.status].includes(history) &&
        ageSeconds >= (youngest ?? 0) &&
        ageSeconds <= (oldest ?? 4) &&
        chosen.event_type_names?.[0] !== "shop.order.lost",
    );
    const before = (await attemptsOf(world, tenant.application_id)).length;
    const body = { application_id: tenant.application_id, filter };
    const dry = await world.call("POST", "/replays", tenant.service_token, { ...body, dry_run: true });
    expect(dry.json).toEqual({ attempts_expected: meant.length, is_exact: true });
    await world.call("POST", "/replays", tenant.service_token, body);
    expect(await advanceReplays(world.ctx, batch)).toBe(meant.length);
    expect(await attemptsOf(world, tenant.application_id)).toHaveLength(before + meant.length);
    const again = { ...body, filter: { ...filter, status: "dead" }, dry_run: true };
    if (chosen.status === "dead") {
      const { json } = await world.call("POST", "/replays", tenant.service_token, again);
      expect(json.attempts_expected, "what is sent again is dead no more").toBe(0);
    }
  };
  await fc.assert(fc.asyncProperty(fc.array(event, { maxLength: 10 }), filters, run), { numRuns: 25 });
});
type FilterOf<T> = T extends fc.Arbitrary<infer U> ? U : never;

test("a subscription in the filter must match now and be enabled, and another tenant's is unknown", async () => {
  await using world = await createWorld();
  const past = await createPast(world, 4);
  const other = await createPast(world, 1);
  const matching = await subscribe(world, past);
  const elsewhere = await subscribe(world, past, { labels: { customer: "2" } });
  const disabled = await subscribe(world, past, { is_enabled: false });
  const foreign = await subscribe(world, other);
  const count = async (subscription_id: string) =>
    (await past.call("/replays", { filter: { subscription_id }, dry_run: true })).json;
  expect(await count(matching)).toMatchObject({ attempts_expected: 4 });
  expect(await count(elsewhere)).toMatchObject({ attempts_expected: 0 });
  expect(await count(disabled)).toMatchObject({ attempts_expected: 0 });
  expect(await count(foreign)).toMatchObject({ status: 422, id: "Validation" });
  const { replay_id } = (await past.call("/replays", { filter: {} })).json;
  const path = `/replays/${replay_id}?application_id=${other.application_id}`;
  expect((await world.call("GET", path, other.service_token)).status).toBe(404);
});

test("events received after the job was made are not replayed: they are live traffic", async () => {
  await using world = await createWorld();
  const past = await createPast(world, 5);
  await subscribe(world, past);
  await past.call("/replays", {
    filter: { max_received_at: "2099-01-01T00:00:00Z" },
    attempts_per_second: 1,
  });
  world.advance(1);
  await world.call("POST", "/event", past.application_secret, eventPost(past));
  world.advance(60);
  expect(await advanceReplays(world.ctx, batch)).toBe(5);
});
