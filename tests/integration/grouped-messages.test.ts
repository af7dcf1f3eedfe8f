import { PurgeQueueCommand } from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { claim } from "#core/delivery/claim.ts";
import type { DeliveryName } from "#core/delivery/lease.ts";
import { chunks, createDeliveryQueue, messageBody, readMessage } from "#functions/queue.ts";
import { startReceiver } from "../helpers/receiver.ts";
import { createTenant, createWorld, eventPost, subscriptionPost, type World } from "../helpers/world.ts";

/** Messages received this often in all go back to the ledger. */
const RECEIVES_MAX = 8;

async function subscribed(world: World, url: string, extra = {}) {
  const tenant = await createTenant(world);
  await world.call("POST", "/subscriptions", tenant.service_token, {
    ...subscriptionPost(tenant, url),
    ...extra,
  });
  const send = async (count: number) => {
    const events = Array.from({ length: count }, () => eventPost(tenant));
    await world.call("POST", "/events/batch", tenant.service_token, events);
  };
  return { ...tenant, send };
}

/** As SQS hands messages over the first time. */
const asEvent = (bodies: readonly string[]): SQSEvent => ({
  Records: bodies.map((body, index) => {
    const attributes = { ApproximateReceiveCount: "1" };
    return { messageId: String(index), receiptHandle: "r", body, attributes } as SQSEvent["Records"][number];
  }),
});

/** The messages that are to appear later, which are then gone. */
async function takeDelayed({ sqsServer, sqs, queueUrl }: World): Promise<string[]> {
  const bodies = (sqsServer.inspectQueue("deliveries")?.messages.delayed ?? []).map(({ body }) => body);
  await sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl }));
  return bodies;
}

test.each([
  ["fail again and again", { retry_policy: { schedule_seconds: Array(20).fill(1) } }, 500, 0],
  ["wait for the only place", { concurrency_limit: 1 }, 200, 1],
])(
  "deliveries that %s stay in the queue for eight receipts, whatever messages name them",
  async (_, extra, status, held) => {
    await using world = await createWorld();
    await using receiver = await startReceiver((response) => response.writeHead(status).end());
    const tenant = await subscribed(world, receiver.url, extra);
    await tenant.send(2 + held);
    const [record] = (await world.receive()).Records;
    const { names = [] } = readMessage(record?.body ?? "") ?? {};
    // By a function that takes its time.
    const holding = names.slice(2).map((name) => ({ ...name, mayWait: true }));
    if (held > 0) await claim(world.ctx, crypto.randomUUID(), holding);

    let bodies = [messageBody(tenant.application_id, names.slice(0, 2))];
    let rounds = 0;
    for (; bodies.length > 0 && rounds <= RECEIVES_MAX; rounds++) {
      await world.runDelivery(asEvent(bodies));
      world.advance(2);
      bodies = await takeDelayed(world);
      const receives = new Set(bodies.map((delayed) => readMessage(delayed)?.receives));
      expect([...receives]).toEqual(bodies.length > 0 ? [rounds + 1] : []);
    }
    expect(rounds).toBe(RECEIVES_MAX);
    // At once, and not a lease later: the ledger knows that no message comes.
    expect((await world.runScheduler())?.enqueued).toBe(2);
  },
);

test("a message that SQS refuses is its own sender's failure, and not that of whoever was sent with it", async () => {
  await using world = await createWorld();
  const refused = crypto.randomUUID();
  world.sqs.middlewareStack.add((next) => async (args) => {
    const answer = await next(args);
    const { Entries = [] } = args.input as { Entries?: { Id: string; MessageBody: string }[] };
    const Failed = Entries.filter(({ MessageBody }) => MessageBody.includes(refused)).map(({ Id }) => ({
      Id,
      Message: "KMS is away",
    }));
    return { ...answer, output: { ...answer.output, Failed } };
  });
  const queue = createDeliveryQueue(world.sqs, world.queueUrl);
  const delivery = (application_id: string) => ({
    ...({
      application_id,
      subscription_id: application_id,
      delivery_id: application_id,
    } satisfies DeliveryName),
    delaySeconds: 0,
  });
  const sent = await Promise.allSettled(
    [crypto.randomUUID(), refused, crypto.randomUUID()].map((id) => queue.send([delivery(id)])),
  );
  expect(sent.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("of many messages those whose claim failed come again, and the others are done with", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const good = await subscribed(world, receiver.url);
  const bad = await subscribed(world, receiver.url);
  await good.send(100);
  await bad.send(10);
  const names = await sql<DeliveryName>`
    select application_id, subscription_id, delivery_id from request_attempt
  `.execute(world.ctx.db);
  await sql`
    create function refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$
  `.execute(world.ctx.db);
  await sql`
    create trigger refuse before update on request_attempt for each row
    when (new.application_id = ${sql.lit(bad.application_id)}) execute function refuse()
  `.execute(world.ctx.db);
  const bodiesOf = ({ application_id }: { application_id: string }) =>
    chunks(
      names.rows.filter((name) => name.application_id === application_id),
      10,
    ).map((ten) => messageBody(application_id, ten));
  // They are claimed by a hundred.
  const event = asEvent([...bodiesOf(good), ...bodiesOf(bad)]);
  expect(await world.runDelivery(event)).toEqual({ batchItemFailures: [{ itemIdentifier: "10" }] });
  expect(receiver.received).toHaveLength(100);
});
