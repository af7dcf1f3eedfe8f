import { randomUUID } from "node:crypto";
import pLimit from "p-limit";
import { openDatabase } from "#core/db/client.ts";
import { claim } from "#core/delivery/claim.ts";
import type { BenchApplication, BenchWorld } from "./bench-world.ts";
import { median, percentile, saturate } from "./load.ts";
import { drain, latencies, singleEvents } from "./scenarios.ts";

/** What might grow with what is stored. */
export interface Grown {
  readonly ingestPerSecond: number;
  readonly drainPerSecond: number;
  readonly deliveredMsMedian: number;
  readonly claimMs: number;
  readonly listMs: number;
}

const CLAIMS = 50;
const CLAIM_LENGTH = 100;
/** As many as a request may hold. */
const BATCH_LENGTH = 1_000;
const DRAINED = 5_000;
/** Its code is run by nothing else that is measured. */
const LIST_WARM_UPS = 100;
const LIST_CALLS = 200;
const LATENCY_SECONDS = 4;
const INGEST_SECONDS = 3;
/** Rows filled in by one statement, and statements at a time. */
const FILL_LENGTH = 100_000;
const FILL_CONNECTIONS = 2;

/** Fills event and attempt tables up to `rows` finished ones of this application, each a second older than the next. */
export async function fill({ db }: BenchWorld, applicationId: string, rows: number): Promise<void> {
  const { rows: found } = await db.query<{ stored: number }>("select count(*)::int as stored from event");
  const parts: number[] = [];
  for (let from = found[0]?.stored ?? 0; from < rows; from += FILL_LENGTH) parts.push(from);
  const limit = pLimit(FILL_CONNECTIONS);
  await limit.map(parts, (from) =>
    db.query(
      `with made as (
         insert into event (application_id, event_id, event_type_name, payload, payload_content_type, ip, metadata,
           labels, occurred_at, received_at)
         select $1, uuidv7(-(n * interval '1 second')), 'bench.order.paid', 'filler', 'text/plain', '127.0.0.1', '{}',
           '{"customer": "bench"}', now() - n * interval '1 second', now() - n * interval '1 second'
         from generate_series($2::int + 1, $3::int) n
         returning event_id, received_at
       )
       insert into request_attempt (request_attempt_id, delivery_id, application_id, event_id, event_type_name,
         subscription_id, retry_count, created_at, due_at, enqueue_at, succeeded_at, response_status)
       select event_id, event_id, $1, event_id, 'bench.order.paid', s.subscription_id, 0, received_at, received_at,
         received_at, received_at, 200
       from made, (select subscription_id from subscription where application_id = $1 limit 1) s`,
      [applicationId, from, Math.min(rows, from + FILL_LENGTH)],
    ),
  );
  await db.query("vacuum analyze event, request_attempt");
  await db.query("checkpoint");
}

/** All that might grow, once each. */
export async function measureGrown(world: BenchWorld, application: BenchApplication): Promise<Grown> {
  // Code that was not run for a while is compiled anew.
  await latencies(world, application, 100, 1);
  const { delivered } = await latencies(world, application, 100, LATENCY_SECONDS);
  const listMs = await timeList(world, application.application_id);
  const claimMs = await timeClaims(world, application);
  world.pauseDelivery();
  const ingestPerSecond = await saturate({ ...singleEvents(world, application), seconds: INGEST_SECONDS });
  world.resumeDelivery();
  await settled(world);
  const drainPerSecond = await drain(world, application, DRAINED);
  await settled(world);
  return { ingestPerSecond, drainPerSecond, deliveredMsMedian: percentile(delivered, 0.5), claimMs, listMs };
}

async function timeList({ stack }: BenchWorld, applicationId: string): Promise<number> {
  const times: number[] = [];
  for (let call = -LIST_WARM_UPS; call < LIST_CALLS; call++) {
    const startMs = performance.now();
    const path = `/request_attempts?application_id=${applicationId}`;
    await stack.call("GET", path, stack.local.service_token);
    if (call >= 0) times.push(performance.now() - startMs);
  }
  return median(times);
}

/** The claim of a hundred attempts, as the delivery function makes it. */
async function timeClaims(world: BenchWorld, application: BenchApplication): Promise<number> {
  world.pauseDelivery();
  const batch = JSON.stringify(Array.from({ length: BATCH_LENGTH }, () => application.event));
  for (let sent = 0; sent < CLAIMS * CLAIM_LENGTH; sent += BATCH_LENGTH)
    await world.post("/events/batch", batch);
  const { rows } = await world.db.query<{
    application_id: string;
    subscription_id: string;
    delivery_id: string;
  }>(
    `select application_id, subscription_id, delivery_id from request_attempt
     where application_id = $1 and succeeded_at is null and failed_at is null`,
    [application.application_id],
  );
  const db = openDatabase({ url: world.postgresUrl, connectionsMax: 1, applicationName: "bench" });
  const times: number[] = [];
  for (let from = 0; from < rows.length; from += CLAIM_LENGTH) {
    const startMs = performance.now();
    await claim(
      { db, now: () => new Date(), leaseSeconds: 60 },
      randomUUID(),
      rows.slice(from, from + CLAIM_LENGTH).map((name) => ({ ...name, mayWait: true })),
    );
    times.push(performance.now() - startMs);
  }
  await db.destroy();
  // They were never sent: given back, so that they do not disturb what follows.
  await world.db.query(
    "delete from request_attempt where application_id = $1 and succeeded_at is null and failed_at is null",
    [application.application_id],
  );
  world.resumeDelivery();
  return median(times);
}

/** Waits until nothing is left to deliver. */
async function settled({ db }: BenchWorld): Promise<void> {
  for (;;) {
    const { rows } = await db.query<{ open: boolean }>(
      "select exists (select from request_attempt where succeeded_at is null and failed_at is null) as open",
    );
    if (!rows[0]?.open) return;
    await new Promise((done) => setTimeout(done, 100));
  }
}
