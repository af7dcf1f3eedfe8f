import { randomUUID } from "node:crypto";
import { Pool } from "undici";
import type { BenchApplication, BenchWorld } from "./bench-world.ts";
import { saturate } from "./load.ts";
import { startServer } from "./processes.ts";

/** Requests a second of a no-op POST through the API's HTTP stack. */
export async function noOpPosts(world: BenchWorld, body: string, seconds: number): Promise<number> {
  using server = await startServer("no-op");
  // Awaited here: the server is to live until then.
  return await saturate({ url: `${server.url}/api/v1/event`, headers: world.headers, body, seconds });
}

/** Deliveries a second of the bare HTTP client: unsigned, nothing loaded and nothing recorded. */
export async function bareRequests(world: BenchWorld, body: string, seconds: number): Promise<number> {
  const pool = new Pool(world.receiverUrl, { connections: 64 });
  const done = await keepBusy(64, seconds, async () => {
    const { body: answer } = await pool.request({
      method: "POST",
      path: "/hook",
      headers: { ...world.headers, "x-event-id": randomUUID() },
      body,
    });
    await answer.dump();
  });
  await pool.destroy();
  return done / seconds;
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
