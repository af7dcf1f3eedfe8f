import { PurgeQueueCommand } from "@aws-sdk/client-sqs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { createDueHints, type DueHints } from "#core/delivery/due-hints.ts";
import { createFolderStore } from "#functions/hints/folder.ts";
import { driver } from "../helpers/driver.ts";
import { startReceiver } from "../helpers/receiver.ts";
import { createTenant, createWorld, eventPost, subscriptionPost, type World } from "../helpers/world.ts";

/** Hints in a folder of the test's own. */
async function hintsInFolder() {
  const folder = await mkdtemp(join(tmpdir(), "columba-hints-"));
  const hints = createDueHints(createFolderStore(folder), (error) => {
    throw error;
  });
  return { hints, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

const lostHints: DueHints = {
  note: () => Promise.resolve(),
  hasUntil: () => Promise.resolve(false),
  forgetBefore: () => Promise.resolve(),
};

async function subscribed(world: World, url: string) {
  const tenant = await createTenant(world);
  await world.call("POST", "/subscriptions", tenant.service_token, subscriptionPost(tenant, url));
  return tenant;
}

/** Runs the scheduler each minute and tells in which of them it took a connection. */
async function connectingMinutes(world: World, minutes: number): Promise<number[]> {
  const connecting: number[] = [];
  using connect = vi.spyOn(driver.Pool.prototype, "connect");
  for (let minute = 1; minute <= minutes; minute++) {
    world.advance(60);
    connect.mockClear();
    await world.runScheduler();
    if (connect.mock.calls.length > 0) connecting.push(minute);
  }
  return connecting;
}

test("the scheduler of an idle environment takes no connection between sweeps", async () => {
  await using folder = await hintsInFolder();
  await using world = await createWorld({ hints: folder.hints, sweepSeconds: 3_600 });
  await world.runScheduler();
  expect(await connectingMinutes(world, 125)).toEqual([60, 120]);
});

test("an event whose message is lost is found by its hint, and then the scheduler is quiet again", async () => {
  await using folder = await hintsInFolder();
  await using world = await createWorld({ hints: folder.hints, sweepSeconds: 86_400 });
  await using receiver = await startReceiver();
  await world.runScheduler();
  const tenant = await subscribed(world, receiver.url);
  await world.call("POST", "/event", tenant.application_secret, eventPost(tenant));
  await world.sqs.send(new PurgeQueueCommand({ QueueUrl: world.queueUrl }));

  world.advance(61);
  expect(await world.runScheduler()).toEqual({ enqueued: 1 });
  await world.runDelivery(await world.receive());
  expect(receiver.received).toHaveLength(1);
  const minutes = await connectingMinutes(world, 30);
  expect(Math.max(0, ...minutes)).toBeLessThanOrEqual(5);
});

test("a retry that the ledger keeps is enqueued when due, with no connection while it waits", async () => {
  await using folder = await hintsInFolder();
  await using world = await createWorld({ hints: folder.hints, sweepSeconds: 86_400 });
  await using receiver = await startReceiver((response) =>
    response.writeHead(503, { "retry-after": "7200" }).end(),
  );
  const tenant = await subscribed(world, receiver.url);
  await world.runScheduler();
  await world.call("POST", "/event", tenant.application_secret, eventPost(tenant));
  await world.runDelivery(await world.receive());
  const attempts = await world.ctx.db
    .selectFrom("request_attempt")
    .select(["due_at", "retry_count"])
    .execute();
  const retry = attempts.find(({ retry_count }) => retry_count === 1);
  const dueMinute = Math.floor(((retry?.due_at.getTime() ?? 0) - world.ctx.now().getTime()) / 60_000);
  expect(dueMinute).toBeGreaterThan(15);

  expect(Math.max(...(await connectingMinutes(world, dueMinute - 2)))).toBeLessThanOrEqual(5);
  expect(await connectingMinutes(world, 4)).not.toEqual([]);
  const due = await world.ctx.db
    .selectFrom("request_attempt")
    .where("retry_count", "=", 1)
    .select(["due_at", "enqueue_at"])
    .executeTakeFirstOrThrow();
  expect(due.enqueue_at.getTime(), "under the queue's lease").toBeGreaterThan(due.due_at.getTime());
});

test("what a pause keeps back is enqueued when the pause ends, with no connection while it waits", async () => {
  await using folder = await hintsInFolder();
  await using world = await createWorld({ hints: folder.hints, sweepSeconds: 86_400 });
  await using receiver = await startReceiver((response) =>
    response.writeHead(429, { "retry-after": "600" }).end(),
  );
  const tenant = await subscribed(world, receiver.url);
  await world.runScheduler();
  for (let event = 0; event < 2; event++) {
    await world.call("POST", "/event", tenant.application_secret, eventPost(tenant));
    await world.runDelivery(await world.receive());
  }
  expect(receiver.received, "the second waits").toHaveLength(1);
  const waiting = world.ctx.db
    .selectFrom("request_attempt")
    .where("retry_count", "=", 0)
    .where("failed_at", "is", null)
    .select(["due_at", "enqueue_at"]);
  const parked = await waiting.executeTakeFirstOrThrow();
  expect(parked.enqueue_at, "nobody has it").toEqual(parked.due_at);

  expect(Math.max(...(await connectingMinutes(world, 8)))).toBeLessThanOrEqual(5);
  expect(await connectingMinutes(world, 3)).not.toEqual([]);
  const enqueued = await waiting.executeTakeFirstOrThrow();
  expect(enqueued.enqueue_at.getTime(), "under the queue's lease").toBeGreaterThan(enqueued.due_at.getTime());
});

test("a lost hint delays until the sweep and loses nothing", async () => {
  await using world = await createWorld({ hints: lostHints, sweepSeconds: 3_600 });
  await using receiver = await startReceiver();
  const tenant = await subscribed(world, receiver.url);
  await world.runScheduler();
  await world.call("POST", "/event", tenant.application_secret, eventPost(tenant));
  await world.sqs.send(new PurgeQueueCommand({ QueueUrl: world.queueUrl }));

  expect(await connectingMinutes(world, 61)).toEqual([60]);
  await world.runDelivery(await world.receive());
  expect(receiver.received).toHaveLength(1);
});

test("a hundred events in a minute leave one hint a process", async () => {
  const added: number[] = [];
  const hints = createDueHints(
    {
      add: async (minutes) => void added.push(...minutes),
      hasUpTo: async () => true,
      removeBelow: async () => {},
    },
    () => {},
  );
  for (let second = 0; second < 100; second++)
    await hints.note([new Date(Date.UTC(2026, 10, 23, 10, 0, second / 2))]);
  expect(added).toHaveLength(1);
});

test("mail that was not sent at once goes out within a minute or two, and then the database may sleep", async () => {
  await using folder = await hintsInFolder();
  await using world = await createWorld({ hints: folder.hints, sweepSeconds: 86_400 });
  await world.runScheduler();
  expect(await connectingMinutes(world, 10)).toEqual([]);
  const person = {
    first_name: "Ada",
    last_name: "Lovelace",
    email: "ada@example.com",
    password: "correct horse",
  };
  const registration = await world.call("POST", "/register", null, person);
  expect(registration.status, registration.text).toBe(201);
  expect(world.mails).toEqual([]);

  const minutes = await connectingMinutes(world, 30);
  expect(world.mails.map(({ to }) => to)).toEqual(["ada@example.com"]);
  expect(Math.max(...minutes)).toBeLessThanOrEqual(5);
});
