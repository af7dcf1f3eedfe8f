import { sql } from "kysely";
import { expect, test } from "vitest";
import { ingest } from "#core/ingest.ts";
import * as DeadLetter from "#core/dead-letter.ts";
import { claim } from "#core/delivery/claim.ts";
import { record } from "#core/delivery/record.ts";
import { schedule } from "#core/delivery/schedule.ts";
import * as Event from "#core/event.ts";
import * as RequestAttempt from "#core/request-attempt.ts";
import { expectLean, openExplained } from "../helpers/explained.ts";
import { createTenant, createWorld, eventPost, subscriptionPost } from "../helpers/world.ts";

const ROWS = 20_000;
/** Of those, one in so many has failed, half of them for good. */
const FAILED_ONE_IN = 500;
const BATCH_LENGTH = 1_000;
/** Indexes included, of an event with one delivery. */
const PAGES_AN_EVENT_MAX = 50;

/** An application with many events, attempts that ended well or badly, and routes of ten thousand subscriptions. */
async function createCrowd() {
  const world = await createWorld();
  const tenant = await createTenant(world);
  const { application_id } = tenant;
  const post = subscriptionPost(tenant, "https://a.example/");
  const { json } = await world.call("POST", "/subscriptions", tenant.service_token, post);
  const { db, now } = world.ctx;
  await sql`
    with made as (
      insert into event (application_id, event_id, event_type_name, payload, payload_content_type, ip, metadata, labels,
        occurred_at, received_at)
      select ${application_id}, uuidv7(), 'shop.order.paid', '{}', 'application/json', '192.0.2.7', '{}',
        '{"customer": "1"}', ${now()}, ${now()}::timestamptz - n * interval '1 second'
      from generate_series(1, ${ROWS}) n
      returning event_id, received_at, extract(epoch from ${now()}::timestamptz - received_at)::integer as n
    )
    insert into request_attempt (delivery_id, application_id, event_id, event_type_name, subscription_id, retry_count,
      created_at, due_at, enqueue_at, succeeded_at, failed_at, dead_at, response_elapsed_ms)
    select uuidv7(), ${application_id}, event_id, 'shop.order.paid', ${json.subscription_id}, 0, received_at,
      received_at, received_at, case when n % ${FAILED_ONE_IN} > 0 then received_at end,
      case when n % ${FAILED_ONE_IN} = 0 then received_at end,
      case when n % (2 * ${FAILED_ONE_IN}) = 0 then received_at end, 5
    from made
  `.execute(db);
  await sql`
    insert into subscription_route (application_id, event_type_name, anchor, subscription_id, labels)
    select ${application_id}, 'shop.order.paid', 'customer=' || n, ${json.subscription_id},
      jsonb_build_object('customer', n::text)
    from generate_series(2, 10000) n
  `.execute(db);
  await sql`vacuum analyze`.execute(db);
  return { world, tenant, application_id };
}

test("ingestion, claim, record and schedule meet only the rows that they are about", async () => {
  const { world, tenant } = await createCrowd();
  await using _ = world;
  await using explained = openExplained(world);
  const ctx = { ...world.ctx, db: explained.db };
  const post = eventPost(tenant);
  const event = { ...post, event_id: null, metadata: {}, occurred_at: world.ctx.now() };
  const credential = {
    kind: "application_secret",
    secret: tenant.application_secret,
  } as const;
  const items = Array.from({ length: 10 }, () => ({ event, ip: "192.0.2.7", credential }));
  // The first statement of a session also reads Postgres' own catalogue.
  await ingest(ctx, items);
  explained.plans.length = 0;
  const ingested = await ingest(ctx, items);
  const names = ingested.flatMap(({ deliveries }) => deliveries).map((name) => ({ ...name, mayWait: true }));
  expect(names).toHaveLength(10);
  expectLean("ingest", explained.plans.splice(0));

  const leaseToken = crypto.randomUUID();
  const { attempts } = await claim(ctx, leaseToken, names);
  expect(attempts).toHaveLength(10);
  expectLean("claim", explained.plans.splice(0));

  const answer = { errorName: "E_HTTP", status: 500, headers: {}, body: null, elapsedMs: 1 } as const;
  const next = { dueAt: world.ctx.now(), keptInQueue: false };
  const outcomes = attempts.map(({ request_attempt_id }) => ({ request_attempt_id, answer, next }));
  expect((await record(ctx, leaseToken, outcomes)).size).toBe(10);
  expectLean("record", explained.plans.splice(0));

  const queue = { send: async () => {} };
  const stopAt = new Date(8.64e15);
  expect(await schedule({ ...ctx, queue }, { horizonSeconds: 60, stopAt })).toMatchObject({ enqueued: 10 });
  expectLean("schedule", explained.plans.splice(0));
});

test("what a batch takes does not grow with the square of its events", async () => {
  const { world, tenant } = await createCrowd();
  await using _ = world;
  await using explained = openExplained(world);
  const ctx = { ...world.ctx, db: explained.db };
  const event = { ...eventPost(tenant), event_id: null, metadata: {}, occurred_at: world.ctx.now() };
  const credential = { kind: "application_secret", secret: tenant.application_secret } as const;
  const items = Array.from({ length: BATCH_LENGTH }, () => ({ event, ip: "192.0.2.7", credential }));
  const ingested = await ingest(ctx, items);
  expect(ingested.flatMap(({ deliveries }) => deliveries)).toHaveLength(BATCH_LENGTH);
  // No step joins each with each.
  expectLean("ingest", explained.plans, {
    leftOut: BATCH_LENGTH,
    pages: BATCH_LENGTH * PAGES_AN_EVENT_MAX,
  });
});

test("a page of any list is found by an index, rare rows among many too", async () => {
  const { world, application_id } = await createCrowd();
  await using _ = world;
  await using explained = openExplained(world);
  const ctx = { ...world.ctx, db: explained.db };
  const lists = {
    events: async () => (await Event.list(ctx, { application_id })).events,
    attempts: async () => (await RequestAttempt.list(ctx, { application_id })).attempts,
    "failed attempts": async () =>
      (await RequestAttempt.list(ctx, { application_id, status: ["failed"] })).attempts,
    "open attempts": async () =>
      (await RequestAttempt.list(ctx, { application_id, status: ["waiting", "pending", "in_progress"] }))
        .attempts,
    "dead letters": async () => (await DeadLetter.list(ctx, { application_id })).attempts,
  };
  const lengths: Record<string, number> = {};
  for (const [what, list] of Object.entries(lists)) {
    lengths[what] = (await list()).length;
    expectLean(what, explained.plans.splice(0));
  }
  expect(lengths).toEqual({
    events: 100,
    attempts: 50,
    "failed attempts": ROWS / FAILED_ONE_IN,
    "open attempts": 0,
    "dead letters": ROWS / FAILED_ONE_IN / 2,
  });
});
