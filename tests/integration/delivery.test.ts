import { ChangeMessageVisibilityCommand, PurgeQueueCommand } from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import { expect, test } from "vitest";
import { readMessage } from "#functions/queue.ts";
import { startReceiver } from "../helpers/receiver.ts";
import { createTenant, createWorld, eventPost, subscriptionPost, type World } from "../helpers/world.ts";

async function subscribed(world: World, url: string) {
  const tenant = await createTenant(world);
  const created = await world.call(
    "POST",
    "/subscriptions",
    tenant.service_token,
    subscriptionPost(tenant, url),
  );
  expect(created.status, created.text).toBe(201);
  return { ...tenant, subscription: created.json };
}

async function send(
  world: World,
  tenant: { application_id: string; application_secret: string },
  extra = {},
) {
  const sent = await world.call("POST", "/event", tenant.application_secret, eventPost(tenant, extra));
  expect(sent.status, sent.text).toBe(201);
  return sent.json;
}

async function attempts(world: World, tenant: { application_id: string; service_token: string }) {
  const path = `/request_attempts?application_id=${tenant.application_id}`;
  return (await world.call("GET", path, tenant.service_token)).json;
}

/** Ends the visibility timeout of received messages: what time would do. */
async function reappear(world: World, event: SQSEvent) {
  for (const { receiptHandle } of event.Records) {
    await world.sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: world.queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: 0,
      }),
    );
  }
}

test("an event is delivered once to each matching subscription, and the attempt is on record", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver((response) =>
    response.writeHead(202, { "x-answer": "yes" }).end("thanks"),
  );
  const tenant = await subscribed(world, receiver.url);
  const event = await send(world, tenant);

  const pending = await attempts(world, tenant);
  expect(pending).toMatchObject([{ event_id: event.event_id, retry_count: 0, status: { type: "pending" } }]);

  const answer = await world.runDelivery(await world.receive());
  expect(answer.batchItemFailures).toEqual([]);
  expect(receiver.received).toHaveLength(1);
  expect(receiver.received[0]).toMatchObject({
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-event-id": event.event_id,
      "x-event-type": "shop.order.paid",
    },
  });
  expect(receiver.received[0]?.body.toString()).toBe('{"order":42}');

  const [attempt] = await attempts(world, tenant);
  expect(attempt).toMatchObject({
    status: { type: "successful" },
    http_response_status: 202,
    failed_at: null,
  });
  const path = `/responses/${attempt.response_id}?application_id=${tenant.application_id}`;
  const { json: response } = await world.call("GET", path, tenant.service_token);
  expect(response).toMatchObject({
    response_id: attempt.response_id,
    response_error_name: null,
    http_code: 202,
    body: "thanks",
    body_encoding: "utf-8",
  });
  expect(response.headers["x-answer"]).toBe("yes");
});

test("500, 500, 200: three attempts, spaced as scheduled, the waits being the message's visibility", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver((response, _, count) =>
    response.writeHead(count < 3 ? 500 : 200).end(),
  );
  const tenant = await subscribed(world, receiver.url);
  await send(world, tenant);

  for (const [index, seconds] of [3, 10].entries()) {
    const event = await world.receive();
    const startedMs = Date.now();
    const { batchItemFailures } = await world.runDelivery(event);
    expect(batchItemFailures).toEqual([{ itemIdentifier: event.Records[0]?.messageId }]);
    expect(receiver.received).toHaveLength(index + 1);

    const waiting = world.sqsServer.inspectQueue("deliveries")?.messages.inflight[0];
    const waitMs = (waiting?.visibilityDeadline ?? 0) - startedMs;
    expect(waitMs).toBeGreaterThan(seconds * 1_000 - 100);
    expect(waitMs).toBeLessThan(seconds * 1_000 + 1_500);

    const [next, failed] = await attempts(world, tenant);
    expect(failed).toMatchObject({
      status: { type: "failed" },
      retry_count: index,
      http_response_status: 500,
    });
    expect(next).toMatchObject({ status: { type: "waiting" }, retry_count: index + 1 });
    expect(Date.parse(next.delay_until) - Date.parse(failed.failed_at)).toBe(seconds * 1_000);

    // Early: the message comes back although the attempt is not due. Nothing is sent, and it waits on.
    await reappear(world, event);
    const tooEarly = await world.receive();
    expect((await world.runDelivery(tooEarly)).batchItemFailures).toHaveLength(1);
    expect(receiver.received).toHaveLength(index + 1);
    world.advance(seconds);
    await reappear(world, tooEarly);
  }
  expect((await world.runDelivery(await world.receive())).batchItemFailures).toEqual([]);
  expect(await attempts(world, tenant)).toMatchObject([
    { status: { type: "successful" } },
    { status: { type: "failed" } },
    { status: { type: "failed" } },
  ]);
  expect(new Set(receiver.received.map(({ headers }) => headers["x-event-id"])).size).toBe(1);
});

test("a long wait is the ledger's: the message is spent, and the scheduler enqueues the attempt when due", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver((response, _, count) =>
    response.writeHead(count === 1 ? 503 : 200, { "retry-after": "3600" }).end(),
  );
  const tenant = await subscribed(world, receiver.url);
  await send(world, tenant);

  expect((await world.runDelivery(await world.receive())).batchItemFailures).toEqual([]);
  world.advance(3_600 - 120);
  expect(await world.runScheduler()).toEqual({ enqueued: 0 });
  world.advance(90);
  expect(await world.runScheduler(), "due within the minute until the next run").toEqual({ enqueued: 1 });
  const delayed = world.sqsServer.inspectQueue("deliveries")?.messages.delayed;
  expect(delayed).toHaveLength(1);
  world.advance(30);
  await world.runDelivery(asEvent(delayed?.[0]?.body ?? ""));
  expect(receiver.received).toHaveLength(2);
});

test("an endpoint that never answers is recorded as a timeout", async () => {
  await using world = await createWorld({ timeoutMs: 200 });
  await using receiver = await startReceiver(() => {});
  const tenant = await subscribed(world, receiver.url);
  await send(world, tenant);
  await world.runDelivery(await world.receive());
  const [, failed] = await attempts(world, tenant);
  const path = `/responses/${failed.response_id}?application_id=${tenant.application_id}`;
  expect((await world.call("GET", path, tenant.service_token)).json).toMatchObject({
    response_error_name: "E_TIMEOUT",
    http_code: null,
  });
});

test("what the queue lost is delivered through the scheduler once the lease has run out", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await subscribed(world, receiver.url);
  await send(world, tenant);
  await world.sqs.send(new PurgeQueueCommand({ QueueUrl: world.queueUrl }));

  expect(await world.runScheduler(), "the queue is still trusted").toEqual({ enqueued: 0 });
  world.advance(61);
  expect(await world.runScheduler()).toEqual({ enqueued: 1 });
  await world.runDelivery(await world.receive());
  expect(receiver.received).toHaveLength(1);
  expect(await attempts(world, tenant)).toMatchObject([{ status: { type: "successful" } }]);
});

test("a message that comes twice, at once or one after the other, makes one request", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver((response) => setTimeout(() => response.end(), 50));
  const tenant = await subscribed(world, receiver.url);
  await send(world, tenant);
  const event = await world.receive();
  const twice = { Records: [...event.Records, ...event.Records] };
  await Promise.all([world.runDelivery(twice), world.runDelivery(event)]);
  await world.runDelivery(event);
  expect(receiver.received).toHaveLength(1);
});

test("a function that died with an attempt in hand: it is delivered after the lease, and its late record is refused", async () => {
  await using world = await createWorld();
  let release = () => {};
  await using receiver = await startReceiver((response, _, count) => {
    if (count === 1) release = () => response.writeHead(500).end();
    else response.end();
  });
  const tenant = await subscribed(world, receiver.url);
  await send(world, tenant);
  const event = await world.receive();
  const late = world.runDelivery(event);
  await receiver.waitFor(1);

  expect(await attempts(world, tenant)).toMatchObject([{ status: { type: "in_progress" } }]);
  world.advance(61);
  expect(await world.runScheduler()).toEqual({ enqueued: 1 });
  await world.runDelivery(await world.receive());
  expect(await attempts(world, tenant)).toMatchObject([{ status: { type: "successful" } }]);
  release();
  await late;
  expect(await attempts(world, tenant), "the late 500 changed nothing").toMatchObject([
    { status: { type: "successful" } },
  ]);
});

test("an event is accepted and delivered although SQS could not be reached", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await subscribed(world, receiver.url);
  world.sqsServer.deleteQueue("deliveries");
  await send(world, tenant);
  expect(await attempts(world, tenant)).toMatchObject([{ status: { type: "pending" } }]);
  world.advance(61);
  await expect(world.runScheduler(), "still away").rejects.toThrow();
  world.sqsServer.createQueue("deliveries");
  expect(await world.runScheduler(), "what could not be sent was given back").toEqual({ enqueued: 1 });
  await world.runDelivery(await world.receive());
  expect(receiver.received).toHaveLength(1);
});

test("after the last retry the delivery is given up", async () => {
  await using world = await createWorld({ retriesMax: 1 });
  await using receiver = await startReceiver((response) => response.writeHead(500).end());
  const tenant = await subscribed(world, receiver.url);
  await send(world, tenant);
  const event = await world.receive();
  await world.runDelivery(event);
  world.advance(3);
  expect((await world.runDelivery(event)).batchItemFailures).toEqual([]);
  world.advance(86_400);
  expect(await world.runScheduler()).toEqual({ enqueued: 0 });
  expect(await attempts(world, tenant)).toMatchObject([
    { retry_count: 1, status: { type: "failed" } },
    { retry_count: 0, status: { type: "failed" } },
  ]);
});

test("disabling or deleting a subscription ends its open attempts at once, and nothing more is sent", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await subscribed(world, receiver.url);
  const path = `/subscriptions/${tenant.subscription.subscription_id}`;
  await send(world, tenant);
  const disabled = subscriptionPost(tenant, receiver.url, { is_enabled: false });
  expect((await world.call("PUT", path, tenant.service_token, disabled)).status).toBe(200);
  expect(await attempts(world, tenant)).toMatchObject([{ status: { type: "failed" }, response_id: null }]);
  await send(world, tenant);
  expect(await attempts(world, tenant), "a disabled subscription matches nothing").toHaveLength(1);

  await world.call("PUT", path, tenant.service_token, subscriptionPost(tenant, receiver.url));
  await send(world, tenant);
  const removed = await world.call(
    "DELETE",
    `${path}?application_id=${tenant.application_id}`,
    tenant.service_token,
  );
  expect(removed.status).toBe(204);
  expect(await attempts(world, tenant)).toMatchObject([
    { status: { type: "failed" } },
    { status: { type: "failed" } },
  ]);
  await world.runDelivery(await world.receive());
  expect(receiver.received).toHaveLength(0);
});

test("a replay makes new attempts with the same event id", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await subscribed(world, receiver.url);
  const event = await send(world, tenant);
  await world.runDelivery(await world.receive());
  const path = `/events/${event.event_id}/replay`;
  const replayed = await world.call("POST", path, tenant.service_token, {
    application_id: tenant.application_id,
  });
  expect(replayed.status, replayed.text).toBe(204);
  await world.runDelivery(await world.receive());
  expect(receiver.received.map(({ headers }) => headers["x-event-id"])).toEqual([
    event.event_id,
    event.event_id,
  ]);
});

test("a message that is not ours is kept for the dead-letter queue and harms nothing", async () => {
  await using world = await createWorld();
  const answer = await world.runDelivery(asEvent("nonsense"));
  expect(answer.batchItemFailures).toHaveLength(1);
});

test("of deliveries that came in one message, one that failed waits alone, and the others are done with", async () => {
  const failing = crypto.randomUUID();
  await using world = await createWorld();
  await using receiver = await startReceiver((response, { headers }) =>
    response.writeHead(headers["x-event-id"] === failing ? 500 : 200).end(),
  );
  const tenant = await subscribed(world, receiver.url);
  const events = [{}, { event_id: failing }, {}].map((extra) => eventPost(tenant, extra));
  await world.call("POST", "/events/batch", tenant.service_token, events);
  const together = await world.receive();
  expect(together.Records).toHaveLength(1);
  expect(await world.runDelivery(together)).toEqual({ batchItemFailures: [] });
  expect(receiver.received).toHaveLength(3);

  const [next] = (await attempts(world, tenant)).filter(
    ({ status }: { status: { type: string } }) => status.type === "waiting",
  );
  expect(next).toMatchObject({ event_id: failing, retry_count: 1 });
  const delayed = world.sqsServer.inspectQueue("deliveries")?.messages.delayed ?? [];
  expect(delayed.map(({ body }) => readMessage(body)?.names.length)).toEqual([1]);
});

/** A message that SQS would hand over. */
function asEvent(body: string): SQSEvent {
  const record = { messageId: "m", receiptHandle: "r", body, attributes: { ApproximateReceiveCount: "1" } };
  return { Records: [record as SQSEvent["Records"][number]] };
}
