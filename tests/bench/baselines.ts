import { randomUUID } from "node:crypto";
import { Pool } from "undici";
import type { BenchApplication, BenchWorld } from "./bench-world.ts";
import { openLoop } from "./load.ts";
import { startServer } from "./processes.ts";

const EVENT_PATH = "/api/v1/event";
const CONNECTIONS = 64;
/** At saturation, as the stack itself warms up. */
const NO_OP_WARM_UP_SECONDS = 5;

/** A no-op POST through the API's HTTP stack, to be measured until it is disposed of. */
export async function startNoOp(world: BenchWorld, body: string) {
  const server = await startServer("no-op");
  return {
    load: { url: server.url + EVENT_PATH, headers: world.headers, body },
    [Symbol.dispose]: () => server[Symbol.dispose](),
  };
}

/** Ms that a no-op POST through the API's HTTP stack takes, of so many a second. */
export async function noOpLatencies(
  world: BenchWorld,
  body: string,
  perSecond: number,
  seconds: number,
): Promise<number[]> {
  using server = await startServer("no-op");
  const post = openPosts(server.url, EVENT_PATH, world.headers, body);
  await keepBusy(CONNECTIONS, NO_OP_WARM_UP_SECONDS, () => post.one());
  const found = await openLoop(perSecond, seconds, () => post.one());
  await post.end();
  return found;
}

/** Deliveries a second of the bare HTTP client: unsigned, nothing loaded and nothing recorded. */
export async function bareRequests(world: BenchWorld, body: string, seconds: number): Promise<number> {
  const post = openPosts(world.receiverUrl, "/hook", world.headers, body);
  const done = await keepBusy(CONNECTIONS, seconds, () => post.one());
  await post.end();
  return done / seconds;
}

/** Ms from when the bare HTTP client was to send a request until the receiver had it, of so many a second. */
export async function bareLatencies(
  world: BenchWorld,
  body: string,
  perSecond: number,
  seconds: number,
): Promise<number[]> {
  const post = openPosts(world.receiverUrl, "/hook", world.headers, body);
  const sent: { id: string; atMs: number }[] = [];
  const before = world.received();
  await openLoop(perSecond, seconds, async (atMs) => void sent.push({ id: await post.one(), atMs }));
  await world.receivedAtLeast(before + sent.length);
  await post.end();
  return sent.map(({ id, atMs }) => Math.max(0, (world.arrivalOf(id) ?? Number.NaN) - atMs));
}

/** Ms until the receiver has all of so many requests that the bare HTTP client was given at once. */
export async function bareBurst(world: BenchWorld, body: string, count: number): Promise<number> {
  const post = openPosts(world.receiverUrl, "/hook", world.headers, body);
  const before = world.received();
  const startMs = performance.now();
  await Promise.all(Array.from({ length: count }, () => post.one()));
  await world.receivedAtLeast(before + count);
  const tookMs = performance.now() - startMs;
  await post.end();
  return tookMs;
}

/** The same POST again and again, with an event id of its own each time, which it answers. */
function openPosts(url: string, path: string, headers: Record<string, string>, body: string) {
  const pool = new Pool(url, { connections: CONNECTIONS });
  return {
    async one(): Promise<string> {
      const id = randomUUID();
      const request = { method: "POST", path, headers: { ...headers, "x-event-id": id }, body } as const;
      const { body: answer } = await pool.request(request);
      await answer.dump();
      return id;
    },
    end: () => pool.destroy(),
  };
}

/** Events a second of the ingest statement sent by a Postgres client, `perStatement` at a time. */
export async function rawStatements(
  { db }: BenchWorld,
  { event }: BenchApplication,
  options: { readonly perStatement: number; readonly connections: number; readonly seconds: number },
): Promise<number> {
  const { payload, event_type, ...columns } = event;
  const item = { ...columns, event_type_name: event_type, metadata: {}, ip: "127.0.0.1" };
  const { rows } = await db.query<{ token: string }>(
    "select token from application_secret where application_id = $1",
    [event.application_id],
  );
  const items = JSON.stringify(
    Array.from({ length: options.perStatement }, () => ({ ...item, secret: rows[0]?.token })),
  );
  const bytes = Buffer.from(payload);
  const payloads = Buffer.concat(Array.from({ length: options.perStatement }, () => bytes));
  const lengths = Array.from({ length: options.perStatement }, () => bytes.byteLength);
  const statements = await keepBusy(options.connections, options.seconds, async () => {
    const now = new Date();
    await db.query(
      `select problem, event_id, delivery_ids, subscription_ids, quota, used
       from ingest_events($1, split_bytes($2, $3), $4, $5, null)`,
      // The lease lies far ahead: nobody is to deliver these.
      [items, payloads, lengths, now, new Date(now.getTime() + 3_600_000)],
    );
  });
  return (statements * options.perStatement) / options.seconds;
}

/** How often `work` ended when `workers` did it one time after the other for so many seconds. */
export async function keepBusy(
  workers: number,
  seconds: number,
  work: () => Promise<unknown>,
): Promise<number> {
  const endsAtMs = performance.now() + seconds * 1_000;
  let done = 0;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while (performance.now() < endsAtMs) {
        await work();
        done++;
      }
    }),
  );
  return done;
}
