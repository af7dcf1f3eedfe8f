import type { SQSEvent } from "aws-lambda";
import { sql } from "kysely";
import { expect, test } from "vitest";
import type { DeliveryName } from "#core/delivery/lease.ts";
import { chunks, messageBody } from "#functions/queue.ts";
import { allocatedBytes } from "../helpers/allocations.ts";
import { startReceiver } from "../helpers/receiver.ts";
import { createTenant, createWorld, eventPost, subscriptionPost } from "../helpers/world.ts";

const KIB = 1_024;
const EVENTS = 200;

test("an event and a delivery allocate a bounded number of bytes", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await createTenant(world);
  const { application_id, service_token } = tenant;
  await world.call("POST", "/subscriptions", service_token, subscriptionPost(tenant, receiver.url));
  const event = eventPost(tenant, { payload: JSON.stringify("x".repeat(KIB)) });
  const single = async () => {
    for (let count = 0; count < EVENTS; count++)
      expect((await world.call("POST", "/event", service_token, event)).status).toBe(201);
  };
  const batch = () => world.call("POST", "/events/batch", service_token, Array(EVENTS).fill(event));
  const deliver = async (names: readonly DeliveryName[]) => {
    for (const ten of chunks(names, 10)) {
      const body = messageBody(application_id, ten);
      const record = {
        messageId: "m",
        receiptHandle: "r",
        body,
        attributes: { ApproximateReceiveCount: "1" },
      };
      const batchEvent = { Records: [record] } as unknown as SQSEvent;
      expect(await world.runDelivery(batchEvent)).toEqual({ batchItemFailures: [] });
    }
  };
  const open = async () => {
    const { rows } = await sql<DeliveryName>`
      select application_id, subscription_id, delivery_id from request_attempt
      where succeeded_at is null and failed_at is null
    `.execute(world.ctx.db);
    return rows;
  };
  // Once for nothing: code that is compiled allocates.
  await single();
  await batch();
  await deliver(await open());

  // In this process are the test's own client, the SQS endpoint and the receiver, too. Measured 345 to 390 KiB;
  // most of that is the request to SQS that each event sends when no other comes with it.
  expect((await allocatedBytes(single)) / EVENTS, "an event").toBeLessThan(480 * KIB);
  // Measured 24 KiB.
  expect((await allocatedBytes(batch)) / EVENTS, "an event of a batch").toBeLessThan(36 * KIB);
  const names = await open();
  expect(names).toHaveLength(2 * EVENTS);
  // Measured 66 to 72 KiB.
  const delivered = await allocatedBytes(() => deliver(names));
  expect(delivered / names.length, "a delivery of ten").toBeLessThan(110 * KIB);
});
