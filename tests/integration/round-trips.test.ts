import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { readMessage } from "#functions/queue.ts";
import { startReceiver } from "../helpers/receiver.ts";
import { countRoundTrips } from "../helpers/round-trips.ts";
import { createTenant, createWorld, eventPost, subscriptionPost } from "../helpers/world.ts";

test("an event is stored, matched and authorized in one round trip", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  await world.call(
    "POST",
    "/subscriptions",
    tenant.service_token,
    subscriptionPost(tenant, "https://a.example/"),
  );
  for (const token of [tenant.service_token, tenant.application_secret]) {
    const trips = await countRoundTrips(() => world.call("POST", "/event", token, eventPost(tenant)));
    expect(trips).toBe(1);
  }
});

test("events sent at the same moment share their round trips", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const answers: number[] = [];
  const trips = await countRoundTrips(() =>
    Promise.all(
      Array.from({ length: 100 }, async () => {
        const { status } = await world.call("POST", "/event", tenant.service_token, eventPost(tenant));
        answers.push(status);
      }),
    ),
  );
  expect(answers).toEqual(Array(100).fill(201));
  expect(trips).toBeLessThanOrEqual(10);
});

test("an event that its statement fails on fails alone", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  // Stands for whatever we have not thought of: the whole statement fails when it meets this event.
  await sql`alter table event add check (payload_content_type <> 'text/plain')`.execute(world.ctx.db);
  const poison = { payload: "poison", payload_content_type: "text/plain" };
  const answers = await Promise.all(
    [{}, {}, {}, poison, {}, {}].map((extra) =>
      world.call(
        "POST",
        "/event",
        tenant.service_token,
        eventPost(tenant, { event_id: randomUUID(), ...extra }),
      ),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 500, 201, 201]);
});

test("a batch is delivered in two round trips", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await createTenant(world);
  await world.call("POST", "/subscriptions", tenant.service_token, subscriptionPost(tenant, receiver.url));
  for (let count = 0; count < 10; count++)
    await world.call("POST", "/event", tenant.service_token, eventPost(tenant));
  const batch = await world.receive();
  expect(batch.Records).toHaveLength(10);
  expect(await countRoundTrips(() => world.runDelivery(batch))).toBe(2);
  expect(receiver.received).toHaveLength(10);
  expect(await countRoundTrips(() => world.runDelivery(batch)), "spent messages are only looked up").toBe(1);
});

test("what is accepted together goes to the queue in messages of ten, and is delivered in two round trips", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await createTenant(world);
  await world.call("POST", "/subscriptions", tenant.service_token, subscriptionPost(tenant, receiver.url));
  const batch = Array.from({ length: 25 }, () => eventPost(tenant));
  await world.call("POST", "/events/batch", tenant.service_token, batch);
  const messages = await world.receive();
  expect(messages.Records.map(({ body }) => readMessage(body)?.names.length).toSorted()).toEqual([10, 10, 5]);
  expect(await countRoundTrips(() => world.runDelivery(messages))).toBe(2);
  expect(receiver.received).toHaveLength(25);
});
