import { SQSClient } from "@aws-sdk/client-sqs";
import { once } from "node:events";
import { createServer } from "node:net";
import { sql } from "kysely";
import { expect, inject, test } from "vitest";
import { openDatabase } from "#core/db/client.ts";
import { claim } from "#core/delivery/claim.ts";
import { isUnavailable } from "#core/unavailable.ts";
import { createDeliveryQueue, readMessage } from "#functions/queue.ts";
import { startPostgresProxy } from "../helpers/postgres-proxy.ts";
import { startReceiver } from "../helpers/receiver.ts";
import {
  createTenant,
  createWorld,
  eventPost,
  subscriptionPost,
  type World,
  type WorldOptions,
} from "../helpers/world.ts";

const CLAIM = "claim_attempts";
const RECORD = "record_outcomes";
const INGEST = "ingest_events";

/** A world whose connections to Postgres can be cut, with one subscription and one event. */
async function cuttable(receiverUrl: string, options: WorldOptions = {}) {
  const proxy = await startPostgresProxy(Number(new URL(inject("templateUrl")).port));
  const world = await createWorld({ ...options, databasePort: proxy.port });
  const tenant = await createTenant(world);
  await world.call("POST", "/subscriptions", tenant.service_token, subscriptionPost(tenant, receiverUrl));
  const send = (extra = {}) =>
    world.call("POST", "/event", tenant.application_secret, eventPost(tenant, extra));
  return {
    world,
    tenant,
    send,
    cut: (text: string, when: "before" | "after", patienceMs = 10_000) => proxy.cut(text, when, patienceMs),
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

async function attempts(world: World, tenant: { application_id: string; service_token: string }) {
  const path = `/request_attempts?application_id=${tenant.application_id}`;
  return (await world.call("GET", path, tenant.service_token)).json;
}

/** A delivery function that receives a message of one delivery, claims its attempt and dies. */
async function claimAndDie(world: World) {
  const [record] = (await world.receive()).Records;
  const names = readMessage(record?.body ?? "")?.names ?? [];
  const messages = names.map((name) => ({ ...name, mayWait: true }));
  const { attempts: claimed } = await claim(world.ctx, crypto.randomUUID(), messages);
  expect(claimed).toHaveLength(1);
}

test("an endpoint slower than its neighbours of the batch is recorded, and not asked again", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver((response, _, count) => {
    setTimeout(() => response.end(), count === 1 ? 0 : 700);
  });
  const tenant = await createTenant(world);
  await world.call("POST", "/subscriptions", tenant.service_token, subscriptionPost(tenant, receiver.url));
  for (let count = 0; count < 3; count++)
    await world.call("POST", "/event", tenant.application_secret, eventPost(tenant));
  await world.runDelivery(await world.receive());
  expect((await attempts(world, tenant)).map(({ status }: { status: object }) => status)).toMatchObject(
    Array.from({ length: 3 }, () => ({ type: "successful" })),
  );
  world.advance(61);
  expect(await world.runScheduler()).toEqual({ enqueued: 0 });
  expect(receiver.received).toHaveLength(3);
});

test.each([
  ["before the claim", CLAIM, "before"],
  ["after the claim had committed", CLAIM, "after"],
  ["before the record", RECORD, "before"],
  ["after the record had committed", RECORD, "after"],
] as const)("a connection cut %s costs neither a request nor a delay", async (_, text, when) => {
  await using receiver = await startReceiver((response, _request, count) =>
    response.writeHead(count === 1 ? 500 : 200).end(),
  );
  await using setup = await cuttable(receiver.url);
  const { world, tenant } = setup;
  expect((await setup.send()).status).toBe(201);
  const event = await world.receive();
  const cut = setup.cut(text, when);
  const { batchItemFailures } = await world.runDelivery(event);
  expect(await cut).toBe(true);
  expect(batchItemFailures, "the message waits in the queue for the retry").toHaveLength(1);
  expect(receiver.received).toHaveLength(1);
  expect(await attempts(world, tenant)).toMatchObject([
    { retry_count: 1, status: { type: "waiting" } },
    { retry_count: 0, status: { type: "failed" }, http_response_status: 500 },
  ]);
  world.advance(3);
  expect((await world.runDelivery(event)).batchItemFailures).toEqual([]);
  expect(receiver.received).toHaveLength(2);
});

test("an event whose commit was not answered is 503, and sent again with its id is a conflict and not a second event", async () => {
  await using receiver = await startReceiver();
  await using setup = await cuttable(receiver.url);
  const event_id = "01a209a1-571a-7994-967a-9a4be4d5bdd2";
  const cut = setup.cut(INGEST, "after");
  expect((await setup.send({ event_id })).status).toBe(503);
  expect(await cut).toBe(true);
  expect((await setup.send({ event_id })).status).toBe(409);
  setup.world.advance(61);
  expect(await setup.world.runScheduler(), "nobody had enqueued it").toEqual({ enqueued: 1 });
  await setup.world.runDelivery(await setup.world.receive());
  expect(receiver.received).toHaveLength(1);
});

test("a function that dies with an old delivery holds it for one lease, however long it had been waiting", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await createTenant(world);
  await world.call("POST", "/subscriptions", tenant.service_token, subscriptionPost(tenant, receiver.url));
  await world.call("POST", "/event", tenant.application_secret, eventPost(tenant));
  world.advance(600);
  expect(await world.runScheduler()).toEqual({ enqueued: 1 });
  await claimAndDie(world);
  world.advance(61);
  expect(await world.runScheduler()).toEqual({ enqueued: 1 });
});

test("a retry asked for after the lease of a function that died is made at once", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await createTenant(world);
  await world.call("POST", "/subscriptions", tenant.service_token, subscriptionPost(tenant, receiver.url));
  await world.call("POST", "/event", tenant.application_secret, eventPost(tenant));
  await claimAndDie(world);
  world.advance(61);

  const [{ request_attempt_id }] = await attempts(world, tenant);
  const { application_id } = tenant;
  const path = `/request_attempts/${request_attempt_id}/retry`;
  expect(await world.call("POST", path, tenant.service_token, { application_id })).toMatchObject({
    status: 202,
  });
  await world.runDelivery(await world.receive());
  expect(receiver.received).toHaveLength(1);
  expect(await attempts(world, tenant)).toMatchObject([
    { request_attempt_id, status: { type: "successful" } },
  ]);
});

test("a queue that does not answer is given up after two seconds: whoever sends an event waits for it", async () => {
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const sqs = new SQSClient({ endpoint, region: "us-east-1", credentials });
  const queue = createDeliveryQueue(sqs, `${endpoint}/000000000000/deliveries`);
  const id = "01a209a1-571a-7994-967a-9a4be4d5bdd2";
  const startedMs = performance.now();
  const delivery = { application_id: id, subscription_id: id, delivery_id: id, delaySeconds: 0 };
  await expect(queue.send([delivery])).rejects.toThrow(/abort/i);
  expect(performance.now() - startedMs).toBeLessThan(4_000);
  sqs.destroy();
  server.close();
});

test("a ledger that is away for the rest of the lease: the answer is asked for again, and the batch's others are not", async () => {
  await using receiver = await startReceiver((response, _, count) => {
    // The slower one is recorded when the ledger is back.
    setTimeout(() => response.end(), count === 1 ? 0 : 2_500);
  });
  await using setup = await cuttable(receiver.url, { leaseSeconds: 2, timeoutMs: 4_000 });
  const { world, tenant } = setup;
  await setup.send();
  await setup.send();
  const event = await world.receive();
  const cuts = Array.from({ length: 40 }, () => setup.cut(RECORD, "before", 2_200));
  const { batchItemFailures } = await world.runDelivery(event);
  expect((await Promise.all(cuts)).filter(Boolean).length).toBeGreaterThan(2);
  expect(batchItemFailures).toHaveLength(1);
  const states = (await attempts(world, tenant)).map(
    ({ status }: { status: { type: string } }) => status.type,
  );
  expect(states.toSorted()).toEqual(["in_progress", "successful"]);
  world.advance(61);
  expect(await world.runScheduler()).toEqual({ enqueued: 1 });
  await world.runDelivery(await world.receive());
  expect(receiver.received).toHaveLength(3);
  expect(receiver.received[2]?.headers["x-event-id"]).toBe(receiver.received[0]?.headers["x-event-id"]);
});

test("a connection to Postgres that falls silent is given up, and the pool lives on", async () => {
  const url = new URL(inject("templateUrl"));
  await using proxy = await startPostgresProxy(Number(url.port));
  url.port = String(proxy.port);
  url.pathname = "/template1";
  const options = { url: url.href, connectionsMax: 1, applicationName: "test", silenceMsMax: 300 };
  const db = openDatabase(options);
  await sql`select 1`.execute(db);
  proxy.stall(1_500);
  const error: unknown = await sql`select 1`.execute(db).catch((thrown: unknown) => thrown);
  expect(isUnavailable(error)).toBe(true);
  await expect
    .poll(
      () =>
        sql`select 1`.execute(db).then(
          () => true,
          () => false,
        ),
      { timeout: 5_000 },
    )
    .toBe(true);
  await db.destroy();
});
