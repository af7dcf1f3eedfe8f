import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import * as Subscription from "#core/subscription.ts";
import { messageBody } from "#functions/queue.ts";
import { createBundledWorld } from "../helpers/bundled-world.ts";
import { createEmptyDatabase } from "../helpers/database.ts";
import { startLambda } from "../helpers/lambda.ts";
import { startReceiver } from "../helpers/receiver.ts";

/** A record as the event source sends it. */
function record(messageId: string, body: string) {
  return {
    messageId,
    receiptHandle: `receipt of ${messageId}`,
    body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "1795428000000",
      SenderId: "AIDAEXAMPLE",
      ApproximateFirstReceiveTimestamp: "1795428000001",
    },
    messageAttributes: {},
    md5OfBody: "d41d8cd98f00b204e9800998ecf8427e",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:123456789012:deliveries",
    awsRegion: "us-east-1",
  };
}

async function owedDelivery(world: Awaited<ReturnType<typeof createBundledWorld>>, url: string) {
  const { application_id } = world.tenant;
  const { subscription_id } = await Subscription.create(world.ctx, {
    application_id,
    is_enabled: true,
    event_types: ["shop.order.paid"],
    description: null,
    metadata: {},
    labels: { customer: "1" },
    label_key: null,
    label_value: null,
    target: { type: "http", method: "POST", url, headers: {} },
    dedicated_workers: [],
    retry_policy: null,
    timeout_seconds: null,
    rate_limit_per_second: null,
    concurrency_limit: null,
    forward_trace_context: false,
    signatures: ["hook0"],
  });
  const at = new Date(Date.now() - 120_000);
  const event = { event_id: crypto.randomUUID(), application_id, event_type_name: "shop.order.paid" };
  await world.ctx.db
    .insertInto("event")
    .values({
      ...event,
      payload: Buffer.from("{}"),
      payload_content_type: "application/json",
      ip: "192.0.2.1",
      metadata: "{}",
      labels: '{"customer":"1"}',
      occurred_at: at,
      received_at: at,
    })
    .execute();
  const delivery_id = crypto.randomUUID();
  await world.ctx.db
    .insertInto("request_attempt")
    .values({
      ...event,
      delivery_id,
      subscription_id,
      retry_count: 0,
      created_at: at,
      due_at: at,
      enqueue_at: at,
    })
    .execute();
  return { application_id, subscription_id, delivery_id };
}

test("the bundled delivery function delivers what SQS names and reports what is not ours", async () => {
  await using world = await createBundledWorld();
  await using receiver = await startReceiver();
  const name = await owedDelivery(world, receiver.url);
  await using delivery = await world.start("delivery");
  const answer = await delivery.invoke({
    Records: [
      record("good", messageBody(name.application_id, [name])),
      record("no-json", "{"),
      record("no-uuid", messageBody(name.application_id, [{ ...name, delivery_id: "x" }])),
      record("unknown", messageBody(name.application_id, [{ ...name, delivery_id: crypto.randomUUID() }])),
    ],
  });
  expect(answer).toEqual({
    batchItemFailures: [{ itemIdentifier: "no-json" }, { itemIdentifier: "no-uuid" }],
  });
  expect(receiver.received).toHaveLength(1);
  expect(receiver.received[0]?.headers["x-hook0-signature"]).toMatch(/v1=/);
  expect(await delivery.invoke({ Records: [] })).toEqual({ batchItemFailures: [] });
  // A crash, so that SQS gives the messages again: nothing may be taken for done.
  await expect(delivery.invoke({ source: "not SQS" })).rejects.toThrow(/InvocationFailed/);
});

test("the bundled scheduler enqueues what is due, whatever the schedule sends it", async () => {
  await using world = await createBundledWorld();
  await owedDelivery(world, "http://127.0.0.1:9/");
  await using scheduler = await world.start("scheduler", { APP_URL: "https://columba.test" });
  expect(await scheduler.invoke({ "detail-type": "Scheduled Event", source: "aws.scheduler" })).toEqual({
    enqueued: 1,
  });
  expect(await scheduler.invoke("{")).toEqual({ enqueued: 0 });
  expect(await scheduler.invoke(null)).toEqual({ enqueued: 0 });
});

test("the bundled migrate function brings an empty database up, once, and fails as a whole", async () => {
  const folder = join(inject("bundlesFolder"), "migrate");
  const environment = (url: string) => ({
    DATABASE_URL: url,
    DELIVERIES_QUEUE_URL: "https://sqs.test/queue",
  });
  await using database = await createEmptyDatabase();
  await using migrate = await startLambda(folder, environment(database.url));
  const files = await readdir("migrations");
  expect(await migrate.invoke(null)).toEqual({
    applied: files.map((file) => file.replace(".sql", "")).sort(),
  });
  expect(await migrate.invoke(null)).toEqual({ applied: [] });

  await using unreachable = await startLambda(folder, environment("postgres://postgres@127.0.0.1:9/none"));
  await expect(unreachable.invoke(null)).rejects.toThrow("ECONNREFUSED");
});
