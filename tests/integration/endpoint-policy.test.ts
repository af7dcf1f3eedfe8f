import { DeleteMessageCommand } from "@aws-sdk/client-sqs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { readMessage } from "#functions/queue.ts";
import { startReceiver } from "../helpers/receiver.ts";
import {
  createMember,
  createTenant,
  createWorld,
  eventPost,
  subscriptionPost,
  type World,
} from "../helpers/world.ts";

async function subscribed(world: World, url: string, extra: object = {}) {
  const tenant = await createTenant(world);
  const body = subscriptionPost(tenant, url, extra);
  const created = await world.call("POST", "/subscriptions", tenant.service_token, body);
  expect(created.status, created.text).toBe(201);
  return { ...tenant, subscription_id: created.json.subscription_id as string };
}
type Subscribed = Awaited<ReturnType<typeof subscribed>>;

const send = async (world: World, tenant: Subscribed, count = 1) => {
  for (let sent = 0; sent < count; sent++) {
    const answer = await world.call("POST", "/event", tenant.application_secret, eventPost(tenant));
    expect(answer.status, answer.text).toBe(201);
  }
};
const attempts = async (world: World, tenant: Subscribed) =>
  (await world.call("GET", `/request_attempts?application_id=${tenant.application_id}`, tenant.service_token))
    .json;
const subscription = async (world: World, tenant: Subscribed) =>
  (await world.call("GET", `/subscriptions/${tenant.subscription_id}`, tenant.service_token)).json;

/** Lets the scheduler and the delivery function run until nothing more is due at this moment. */
async function settle(world: World) {
  for (let round = 0; round < 20; round++) {
    await world.runScheduler();
    const event = await world.receive();
    if (event.Records.length === 0) return;
    await world.runDelivery(event);
  }
}

test("a subscription's own schedule and timeout are kept to; then the delivery is dead", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver((response, _, count) => {
    if (count > 1) response.writeHead(500).end();
  });
  const policy = { retry_policy: { schedule_seconds: [1200, 7200] }, timeout_seconds: 1 };
  const tenant = await subscribed(world, receiver.url, policy);
  expect(await subscription(world, tenant)).toMatchObject({
    timeout_seconds: 1,
    retry_policy: { schedule_seconds: [1200, 7200] },
  });
  await send(world, tenant);
  await settle(world);
  const [next, first] = await attempts(world, tenant);
  expect(first).toMatchObject({ status: { type: "failed" }, http_response_status: null });
  expect(Date.parse(next.delay_until) - Date.parse(first.failed_at)).toBe(1_200_000);
  for (const seconds of [1200, 7200]) {
    world.advance(seconds);
    await settle(world);
  }
  expect(receiver.received).toHaveLength(3);
  world.advance(86_400);
  await settle(world);
  expect(receiver.received, "given up").toHaveLength(3);
});

test.each([
  [{ retry_policy: { schedule_seconds: [0] } }, "retry_policy"],
  [
    { retry_policy: { exponential: { initial_seconds: 1, factor: 0, cap_seconds: 5, retries: 3 } } },
    "retry_policy",
  ],
  [{ timeout_seconds: 31 }, "timeout_seconds"],
  [{ rate_limit_per_second: 0 }, "rate_limit_per_second"],
  [{ concurrency_limit: 1.5 }, "concurrency_limit"],
])("a policy out of bounds is refused: %j", async (extra, field) => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const refused = await world.call(
    "POST",
    "/subscriptions",
    tenant.service_token,
    subscriptionPost(tenant, "https://a.example", extra),
  );
  expect([400, 422]).toContain(refused.status);
  expect(refused.json.detail).toContain(field);
});

test("410 disables the subscription at once, says why, tells the editors and whoever subscribed to it", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver((response, { url }) =>
    response.writeHead(url === "/hook" ? 410 : 200).end(),
  );
  const tenant = await subscribed(world, receiver.url);
  const editor = await createMember(world, tenant.organization_id, "editor");
  const { application_id } = tenant;
  await world.call("POST", "/event_types", tenant.service_token, {
    application_id,
    service: "columba",
    resource_type: "subscription",
    verb: "disabled",
  });
  const operational = { event_types: ["columba.subscription.disabled"], labels: { source: "columba" } };
  await world.call(
    "POST",
    "/subscriptions",
    tenant.service_token,
    subscriptionPost(tenant, receiver.url.replace("hook", "ops"), operational),
  );
  await send(world, tenant);
  // Without the scheduler: the delivery function enqueues what it has to tell.
  await world.runDelivery(await world.receive());
  await world.runDelivery(await world.receive());

  expect(await subscription(world, tenant)).toMatchObject({ is_enabled: false, disabled_reason: "gone" });
  const told = receiver.received.find(({ url }) => url === "/ops");
  expect(told?.headers["x-event-type"]).toBe("columba.subscription.disabled");
  expect(JSON.parse(told?.body.toString() ?? "")).toMatchObject({
    type: "columba.subscription.disabled",
    data: { subscription_id: tenant.subscription_id, reason: "gone" },
  });
  await world.flushMail();
  expect(world.mails).toMatchObject([
    { to: editor.email, subject: "A subscription of Acme app was disabled" },
  ]);

  const enabled = subscriptionPost(tenant, receiver.url.replace("hook", "ok"));
  await world.call("PUT", `/subscriptions/${tenant.subscription_id}`, tenant.service_token, enabled);
  expect(await subscription(world, tenant)).toMatchObject({ is_enabled: true, disabled_reason: null });
});

test("a concurrency limit holds over function instances; what waits for a place is delivered", async () => {
  await using world = await createWorld();
  let now = 0;
  let most = 0;
  await using receiver = await startReceiver((response) => {
    most = Math.max(most, ++now);
    void sleep(30).then(() => {
      now--;
      response.end();
    });
  });
  const tenant = await subscribed(world, receiver.url, { concurrency_limit: 2 });
  await send(world, tenant, 9);
  for (let round = 0; round < 10; round++) {
    await world.runScheduler();
    const batches = [await world.receive(), await world.receive()];
    await Promise.all(batches.map((batch) => world.runDelivery(batch)));
    world.advance(61);
  }
  expect(receiver.received).toHaveLength(9);
  expect(most).toBe(2);
});

test("a rate limit holds over function instances, and each delivery is put off to its turn", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await subscribed(world, receiver.url, { rate_limit_per_second: 3 });
  await send(world, tenant, 10);
  await world.runDelivery(await world.receive());
  expect(receiver.received).toHaveLength(3);
  const waiting = (await attempts(world, tenant)).filter(
    ({ status }: { status: { type: string } }) => status.type === "waiting",
  );
  const offsets = waiting.map(
    ({ delay_until }: { delay_until: string }) => Date.parse(delay_until) - world.ctx.now().getTime(),
  );
  expect(offsets.toSorted((a: number, b: number) => a - b)).toEqual([333, 666, 1000, 1333, 1666, 2000, 2333]);
  // SQS waits in real time, which the test's clock does not turn: the ledger's leases bring them back.
  for (let round = 1; receiver.received.length < 10 && round < 20; round++) {
    const before = receiver.received.length;
    world.advance(200);
    await settle(world);
    expect(receiver.received.length - before).toBeLessThanOrEqual(3);
  }
  expect(receiver.received).toHaveLength(10);
});

test("an endpoint that says it is overloaded is left alone for as long as it asks, and its other deliveries wait", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver((response, _, count) =>
    response.writeHead(count === 1 ? 429 : 200, { "retry-after": "120" }).end(),
  );
  const tenant = await subscribed(world, receiver.url);
  await send(world, tenant);
  await settle(world);
  await send(world, tenant, 3);
  await settle(world);
  expect(receiver.received).toHaveLength(1);
  world.advance(121);
  await settle(world);
  expect(receiver.received, "those that waited").toHaveLength(4);
  world.advance(61);
  await settle(world);
  expect(receiver.received, "and the one that was refused, whose message waits in real time").toHaveLength(5);
});

test("a dead endpoint is paused, probed by one delivery, and resumed when it answers; people can see it", async () => {
  await using world = await createWorld();
  let isUp = false;
  await using receiver = await startReceiver((response) => response.writeHead(isUp ? 200 : 500).end());
  const tenant = await subscribed(world, receiver.url, {
    retry_policy: { schedule_seconds: [5, 5, 5, 5, 5, 3600, 3600] },
  });
  const health = async () =>
    (await world.call("GET", `/subscriptions/${tenant.subscription_id}/health`, tenant.service_token)).json;
  expect(await health()).toMatchObject({ state: "healthy", failures: 0 });
  await send(world, tenant, 5);
  for (let round = 0; round < 14; round++) {
    await settle(world);
    world.advance(round < 5 ? 6 : 61);
  }
  expect(await health()).toMatchObject({ state: "paused", pause_reason: "broken" });
  const before = receiver.received.length;
  await send(world, tenant, 5);
  await settle(world);
  expect(receiver.received.length - before, "nothing, or one probe").toBeLessThanOrEqual(1);

  isUp = true;
  world.advance(901);
  const probed = receiver.received.length;
  await world.runScheduler();
  await world.runDelivery(await world.receive());
  expect(receiver.received.length - probed).toBe(1);
  expect(await health()).toMatchObject({ state: "healthy", failures: 0 });
  for (let round = 0; round < 3; round++) {
    world.advance(3_700);
    await settle(world);
  }
  const open = (await attempts(world, tenant)).filter(({ status }: { status: { type: string } }) =>
    ["waiting", "pending"].includes(status.type),
  );
  expect(open).toEqual([]);
});

test("a subscription that has only failed for five days is disabled", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver((response) => response.writeHead(500).end());
  const tenant = await subscribed(world, receiver.url);
  await send(world, tenant);
  await settle(world);
  world.advance(5 * 86_400 - 60);
  await settle(world);
  expect(await subscription(world, tenant)).toMatchObject({ is_enabled: true });
  world.advance(10 * 3_600);
  await settle(world);
  expect(await subscription(world, tenant)).toMatchObject({ is_enabled: false, disabled_reason: "failing" });
});

test("dead letters are listed and filtered, sent again one by one or by filter, and told of", async () => {
  await using world = await createWorld({ retriesMax: 0 });
  let isUp = false;
  await using receiver = await startReceiver((response) => response.writeHead(isUp ? 200 : 500).end());
  const tenant = await subscribed(world, receiver.url);
  const { application_id, subscription_id } = tenant;
  await send(world, tenant, 5);
  await settle(world);
  const list = async (filter = "") =>
    (await world.call("GET", `/dead_letters?application_id=${application_id}${filter}`, tenant.service_token))
      .json;
  const dead = await list();
  expect(dead).toHaveLength(5);
  expect(dead[0]).toMatchObject({ status: { type: "failed" }, http_response_status: 500 });
  expect(await list(`&subscription_id=${crypto.randomUUID()}`)).toEqual([]);
  expect(await list(`&event.event_type_names=no.such.type`)).toEqual([]);

  isUp = true;
  const retry = (body: object) =>
    world.call("POST", "/dead_letters/retry", tenant.service_token, { application_id, ...body });
  const filter = { subscription_id, event_type_names: ["shop.order.paid"] };
  expect((await retry({ filter, dry_run: true })).json).toEqual({ matching: 5, retried: 0 });
  const [one] = dead;
  expect((await retry({ request_attempt_ids: [one.request_attempt_id] })).json).toEqual({
    matching: 1,
    retried: 1,
  });
  expect(await list()).toHaveLength(4);
  expect((await retry({ filter })).json).toEqual({ matching: 4, retried: 4 });
  await settle(world);
  expect(receiver.received).toHaveLength(10);
  expect(await list()).toEqual([]);
});

test("what a pause keeps back waits in the ledger, and comes to the queue once", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver((response, _, count) => {
    if (count === 1) response.writeHead(429, { "retry-after": "300" }).end();
    else response.end();
  });
  const tenant = await subscribed(world, receiver.url, { retry_policy: { schedule_seconds: [1_000] } });
  await send(world, tenant);
  await consume(world);
  await send(world, tenant, 5);
  await consume(world);
  expect(receiver.received, "paused for 300 s").toHaveLength(1);
  expect(await messages(world), "hidden or delayed messages would count against the queue's limit").toEqual(
    [],
  );
  world.advance(301);
  await world.runScheduler();
  expect(await messages(world), "each once").toEqual([5]);
  await consume(world);
  expect(receiver.received).toHaveLength(6);
  expect(await messages(world)).toEqual([]);
});

test("what waits in the queue for a moment, the scheduler does not enqueue once more", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await subscribed(world, receiver.url, { rate_limit_per_second: 1 });
  await send(world, tenant, 4);
  await consume(world);
  expect(receiver.received, "the rate allows one").toHaveLength(1);
  await world.runScheduler();
  expect(await messages(world), "the three, hidden").toEqual([1, 1, 1]);
});

/** Delivers what is visible now, and deletes what is spent, as the event source does. */
async function consume(world: World) {
  const event = await world.receive();
  const { batchItemFailures } = await world.runDelivery(event);
  const kept = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  for (const { messageId, receiptHandle: ReceiptHandle } of event.Records) {
    if (kept.has(messageId)) continue;
    await world.sqs.send(new DeleteMessageCommand({ QueueUrl: world.queueUrl, ReceiptHandle }));
  }
}

/** How many deliveries each message in the queue names, be it visible, delayed or in flight. */
async function messages({ sqsServer }: World): Promise<number[]> {
  const { ready = [], delayed = [], inflight = [] } = sqsServer.inspectQueue("deliveries")?.messages ?? {};
  const bodies = [...ready, ...delayed, ...inflight.map(({ message }) => message)].map(({ body }) => body);
  return bodies.map((body) => readMessage(body)?.names.length ?? 0);
}
