import { messageBody } from "#functions/queue.ts";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { createBiscuits } from "#core/auth/biscuit.ts";
import { openDatabase, type Database } from "#core/db/client.ts";
import { migrate } from "#core/db/migrate.ts";
import { NO_QUOTAS } from "#core/quota.ts";
import * as Subscription from "#core/subscription.ts";
import { bundleFunctions, type FunctionName } from "../../../stacks/aws/bundle/bundle.ts";
import { startPostgres } from "../../../stacks/local/postgres.ts";
import { probePort } from "../../../stacks/local/process.ts";
import { EXAMPLE_EVENT_TYPE, EXAMPLE_LABELS } from "../../../stacks/local/example.ts";
import { seed, type Seed } from "../../../stacks/local/seed.ts";
import { startSqs } from "../../../stacks/local/sqs.ts";
import { startLambda } from "../../helpers/lambda.ts";
import { medianOf } from "../load.ts";
import type { Measured } from "./model.ts";

const EVENTS = 300;
const BATCH_LENGTH = 10;
const PRIVATE_KEY = "5a".repeat(32);

export interface Measurement {
  readonly event: Measured;
  readonly attempt: Measured;
}

/** A Postgres, an SQS endpoint and an endpoint that answers 200, for bundles to run against. */
export async function openBench() {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "columba-cost-"));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  await bundleFunctions(join(folder, "bundles"));
  const postgres = await startPostgres(join(folder, "postgres"), { port: await probePort(0) });
  cleanup.defer(() => postgres.stop());
  const db = openDatabase({ url: postgres.url, connectionsMax: 2, applicationName: "cost" });
  cleanup.defer(() => db.destroy());
  await migrate(db, "migrations");
  const sqs = await startSqs(0);
  cleanup.defer(() => sqs.server.stop());
  const endpoint = createServer((request, response) => request.resume().on("end", () => response.end()));
  endpoint.listen(0, "127.0.0.1");
  await once(endpoint, "listening");
  cleanup.defer(() => endpoint.closeAllConnections());
  cleanup.defer(() => void endpoint.close());

  const environment = {
    APP_URL: "https://columba.test",
    BISCUIT_PRIVATE_KEY: PRIVATE_KEY,
    DATABASE_URL: postgres.url,
    DELIVERIES_QUEUE_URL: `${sqs.server.address}/000000000000/deliveries`,
    SQS_ENDPOINT: sqs.server.address,
    DATABASE_CONNECTIONS_MAX: "1",
    DISABLE_TARGET_IP_CHECK: "true",
    DISABLE_RATE_LIMITS: "true",
  };
  const resources = cleanup.move();
  return {
    db,
    endpointUrl: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`,
    start: (name: FunctionName) => startLambda(join(folder, "bundles", name), environment),
    /** A function that loads nothing and does nothing. */
    async startEmpty() {
      const empty = join(folder, "bundles", "empty");
      await mkdir(empty, { recursive: true });
      await writeFile(join(empty, "handler.mjs"), "export const handler = () => null;\n");
      return startLambda(empty, environment);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
export type Bench = Awaited<ReturnType<typeof openBench>>;

/** From the start of the process to its readiness, the middle one of five starts, in ms. */
export function measureStart(start: () => ReturnType<typeof startLambda>): Promise<number> {
  return medianOf(5, async () => {
    await using started = await start();
    return started.initMs;
  });
}

/** Sends events through the API's bundle and delivers them by the delivery function's. */
export async function measure(bench: Bench, subscriptions: number, payloadKib: number): Promise<Measurement> {
  const ctx = { db: bench.db, now: () => new Date(), quotas: NO_QUOTAS, publicTargetsOnly: false };
  const tenant = await seed(ctx, await createBiscuits({ privateKey: PRIVATE_KEY }), bench.endpointUrl);
  for (let index = 1; index < subscriptions; index++) await subscribe(ctx, tenant, bench.endpointUrl);
  const request = eventRequest(tenant, "x".repeat(payloadKib * 1024));
  const event = await measureFunction(bench, "api", Array(EVENTS).fill(request), EVENTS);
  const batches = await readBatches(bench.db, tenant.application_id);
  const attempt = await measureFunction(bench, "delivery", batches, EVENTS * subscriptions);
  return { event, attempt };
}

async function measureFunction(
  bench: Bench,
  name: FunctionName,
  events: unknown[],
  pieces: number,
): Promise<Measured> {
  const before = await activeMs(bench.db);
  let cpuMs: number;
  {
    await using started = await bench.start(name);
    // Compiling what runs first is the start's cost.
    for (const event of events.slice(0, events.length / 10)) await started.invoke(event);
    const cpuBefore = await processMs(started.pid);
    for (const event of events.slice(events.length / 10)) await started.invoke(event);
    cpuMs = (await processMs(started.pid)) - cpuBefore;
  }
  // Its session has ended, and with that its statistics are written.
  await bench.db.executeQuery(sql`select pg_stat_clear_snapshot()`.compile(bench.db));
  const databaseMs = (await activeMs(bench.db)) - before;
  return { cpuMs: cpuMs / (0.9 * pieces), databaseMs: databaseMs / pieces };
}

/** Time for which Postgres has worked for sessions that are over or idle, in ms. */
async function activeMs(db: Database): Promise<number> {
  await new Promise((done) => setTimeout(done, 1_500));
  const { rows } = await sql<{ active: number }>`
    select active_time::float8 as active from pg_stat_database where datname = current_database()
  `.execute(db);
  return rows[0]?.active ?? 0;
}

/** Processor time of a process so far, from Linux, which counts in hundredths of a second. */
async function processMs(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function subscribe(
  ctx: Parameters<typeof Subscription.create>[0],
  { application_id }: Seed,
  url: string,
) {
  await Subscription.create(ctx, {
    application_id,
    is_enabled: true,
    event_types: [EXAMPLE_EVENT_TYPE],
    description: null,
    metadata: {},
    labels: EXAMPLE_LABELS,
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
}

function eventRequest({ application_id, application_secret }: Seed, payload: string) {
  const body = {
    application_id,
    event_type: EXAMPLE_EVENT_TYPE,
    payload,
    payload_content_type: "text/plain",
    occurred_at: new Date().toISOString(),
    labels: EXAMPLE_LABELS,
  };
  return {
    version: "2.0",
    rawPath: "/api/v1/event",
    rawQueryString: "",
    headers: {
      host: "columba.test",
      authorization: `Bearer ${application_secret}`,
      "content-type": "application/json",
    },
    requestContext: { domainName: "columba.test", http: { method: "POST", sourceIp: "192.0.2.1" } },
    body: Buffer.from(JSON.stringify(body)).toString("base64"),
    isBase64Encoded: true,
  };
}

/** Events as SQS gives them, of all that is owed to this application. */
async function readBatches(db: Database, applicationId: string): Promise<unknown[]> {
  const names = await db
    .selectFrom("request_attempt")
    .where("application_id", "=", applicationId)
    .select(["application_id", "subscription_id", "delivery_id"])
    .execute();
  const records = names.map((name, index) => ({
    messageId: String(index),
    receiptHandle: "",
    body: messageBody(name.application_id, [name]),
    attributes: { ApproximateReceiveCount: "1" },
  }));
  return Array.from({ length: records.length / BATCH_LENGTH }, (_, index) => ({
    Records: records.slice(index * BATCH_LENGTH, (index + 1) * BATCH_LENGTH),
  }));
}
