import { setTimeout as sleep } from "node:timers/promises";
import { keepBusy } from "./baselines.ts";
import type { BenchApplication, BenchWorld } from "./bench-world.ts";
import { openLoop } from "./load.ts";

/** Deliveries that may be under way while more are accepted, where both are measured together. */
const UNDER_WAY_MAX = 500;
export const BATCH_LENGTH = 100;

/** Events over HTTP, one a request. */
export const singleEvents = (world: BenchWorld, { body }: BenchApplication) => ({
  url: world.eventUrl,
  headers: world.headers,
  body,
});

/** Events over HTTP in batches of `BATCH_LENGTH`. */
export const batchesOfEvents = (world: BenchWorld, { event }: BenchApplication) => ({
  url: world.batchUrl,
  headers: world.headers,
  body: JSON.stringify(Array.from({ length: BATCH_LENGTH }, () => event)),
  connections: 8,
});

/** Ms from when each event was to be sent until its answer had come, and from then until the receiver had it. */
export async function latencies(
  world: BenchWorld,
  { body }: BenchApplication,
  perSecond: number,
  seconds: number,
): Promise<{ accepted: number[]; delivered: number[] }> {
  const sent: { eventId: string; acceptedAtMs: number }[] = [];
  const before = world.received();
  const accepted = await openLoop(perSecond, seconds, async () => {
    const { event_id: eventId = "" } = await world.post("/event", body);
    sent.push({ eventId, acceptedAtMs: performance.timeOrigin + performance.now() });
  });
  await world.receivedAtLeast(before + sent.length);
  const delivered = sent.map(({ eventId, acceptedAtMs }) =>
    // One that overtook its own answer took no time.
    Math.max(0, (world.arrivalOf(eventId) ?? Number.NaN) - acceptedAtMs),
  );
  return { accepted, delivered };
}

/** Deliveries a second while events are accepted no faster than they are delivered. */
export async function sustained(
  world: BenchWorld,
  { body }: BenchApplication,
  fanOut: number,
  seconds: number,
): Promise<number> {
  const before = world.received();
  const startMs = performance.now();
  let accepted = 0;
  await keepBusy(32, seconds, async () => {
    if (accepted * fanOut - (world.received() - before) >= UNDER_WAY_MAX) return sleep(1);
    accepted++;
    await world.post("/event", body);
  });
  await world.receivedAtLeast(before + accepted * fanOut);
  return (accepted * fanOut * 1_000) / (performance.now() - startMs);
}

/** Deliveries a second of `count` that wait in queue and ledger when delivery begins. */
export async function drain(
  world: BenchWorld,
  application: BenchApplication,
  count: number,
): Promise<number> {
  world.pauseDelivery();
  await sendBatches(world, application, count);
  const before = world.received();
  const startMs = performance.now();
  world.resumeDelivery();
  await world.receivedAtLeast(before + count);
  return (count * 1_000) / (performance.now() - startMs);
}

/** Ms from when `count` retries were due until the last had been made, by the ledger's clock alone. */
export async function retriesDueAtOnce(
  world: BenchWorld,
  application: BenchApplication,
  count: number,
): Promise<number> {
  world.pauseDelivery();
  await sendBatches(world, application, count);
  const before = world.received();
  const due = new Date(Date.now() + 6_000);
  await world.db.query(
    `update request_attempt set due_at = $2, enqueue_at = $2, retry_count = 1
     where application_id = $1 and succeeded_at is null and failed_at is null`,
    [application.application_id, due],
  );
  world.resumeDelivery();
  await world.receivedAtLeast(before + count);
  return Date.now() - due.getTime();
}

/** Ms until one event for all subscriptions was accepted, and until the last of them had received it. */
export async function fanOut(
  world: BenchWorld,
  { body }: BenchApplication,
  subscriptions: number,
): Promise<{ acceptedMs: number; deliveredMs: number }> {
  const before = world.received();
  const startMs = performance.now();
  await world.post("/event", body);
  const acceptedMs = performance.now() - startMs;
  await world.receivedAtLeast(before + subscriptions);
  return { acceptedMs, deliveredMs: performance.now() - startMs };
}

/** Sends so many events, in batches. */
export async function sendBatches(
  world: BenchWorld,
  { event }: BenchApplication,
  count: number,
): Promise<void> {
  const body = JSON.stringify(Array.from({ length: BATCH_LENGTH }, () => event));
  let sent = 0;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      while (sent < count) {
        sent += BATCH_LENGTH;
        await world.post("/events/batch", body);
      }
    }),
  );
}
