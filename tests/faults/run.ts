import { PurgeQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase, type Database } from "#core/db/client.ts";
import { keepPostgres } from "../../stacks/local/postgres.ts";
import { probePort } from "../../stacks/local/process.ts";
import { startLocalStack } from "../helpers/local-stack.ts";
import { takeAccount, type Account, type DoneFault } from "./account.ts";
import { EVENT_TYPE, sendEvents } from "./client.ts";
import { startEndpoints } from "./endpoints.ts";
import { countOpen, readAttempts } from "./ledger.ts";
import { statementText, type Fault, type Plan } from "./plan.ts";
import { startPostgresProxy } from "../helpers/postgres-proxy.ts";
import { postgresPid, signalChild, signalPostgres } from "./processes.ts";
import { seededRandom } from "./random.ts";
import { startSqsProxy } from "./sqs-proxy.ts";

const LANES = 5;
const RETRIES_MAX = 2;
const LEASE_SECONDS = 5;
/** A statement to cut that does not come is given up after this. */
const CUT_PATIENCE_MS = 3_000;

export interface RunOptions {
  readonly eventsPerSecond: number;
  /** How long after the last fault everything may take to end. */
  readonly drainMs: number;
  readonly log: (line: string) => void;
}

export interface RunResult {
  readonly account: Account;
  readonly faults: readonly DoneFault[];
  readonly tampered: Readonly<Record<string, number>>;
  readonly drainMs: number;
}

/** Sends events through the real local stack while the plan's faults happen to it, and then takes account. */
export async function runFaults(plan: Plan, options: RunOptions): Promise<RunResult> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "columba-faults-"));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const postgresFolder = join(folder, "postgres");
  const postgres = await keepPostgres(postgresFolder);
  cleanup.defer(() => postgres.stop());
  const postgresPort = Number(new URL(postgres.url).port);
  const ledger = cleanup.use(await startPostgresProxy(postgresPort));
  const sqsPort = await probePort(0);
  const queue = cleanup.use(await startSqsProxy(sqsPort, seededRandom(plan.seed + 1)));
  const endpoints = cleanup.use(await startEndpoints(plan.endpoints, seededRandom(plan.seed + 2)));
  const db = openDatabase({ url: postgres.url, connectionsMax: 2, applicationName: "faults" });
  cleanup.defer(() => db.destroy());

  const stack = cleanup.use(
    await startLocalStack(folder, {
      DATABASE_URL: postgres.url.replace(`:${postgresPort}/`, `:${ledger.port}/`),
      SQS_PORT: String(sqsPort),
      SQS_ENDPOINT: `http://127.0.0.1:${queue.port}`,
      MAX_RETRIES: String(RETRIES_MAX),
      DELIVERY_LEASE_SECONDS: String(LEASE_SECONDS),
      DELIVERY_TIMEOUT_MS: "1000",
      DELIVERY_CONNECT_TIMEOUT_MS: "500",
      SCHEDULER_INTERVAL_SECONDS: "1",
      // Pauses outlast the run: what they do is shown where the clock can be turned.
      SUBSCRIPTION_PAUSE_AFTER_FAILURES: "1000000",
      LOG_LEVEL: "error",
    }),
  );
  const subscribed = await subscribe(stack, plan, endpoints.url);

  const sqs = new SQSClient({
    endpoint: `http://127.0.0.1:${sqsPort}`,
    useQueueUrlAsEndpoint: false,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  cleanup.defer(() => sqs.destroy());
  const make = async (fault: Fault): Promise<void> => {
    switch (fault.kind) {
      case "kill":
        return fault.process === "postgres"
          ? signalPostgres(postgresFolder, "SIGKILL")
          : signalChild(stack.pid, fault.process, "SIGKILL");
      case "restart-postgres":
        return signalPostgres(postgresFolder, "SIGINT");
      case "cut":
        return void (await ledger.cut(statementText(fault.statement), fault.when, CUT_PATIENCE_MS));
      case "cut-all":
        return ledger.cutAll();
      case "stall-postgres":
        return ledger.stall(fault.ms);
      case "purge":
        return void (await sqs
          .send(new PurgeQueueCommand({ QueueUrl: `http://127.0.0.1:${sqsPort}/000000000000/deliveries` }))
          .catch(() => {}));
    }
  };

  const startedAtMs = Date.now();
  const sending = sendEvents(stack.local, {
    untilMs: startedAtMs + plan.faultsMs,
    perSecond: options.eventsPerSecond,
    lanes: LANES,
    random: seededRandom(plan.seed + 3),
  });
  const faults: Promise<DoneFault>[] = [];
  for (const { atMs, ...fault } of plan.faults) {
    await sleep(Math.max(0, startedAtMs + atMs - Date.now()));
    options.log(`${((Date.now() - startedAtMs) / 1_000).toFixed(1)} s: ${describe(fault)}`);
    const pid = await postgresPid(postgresFolder);
    const fromMs = Date.now();
    await make(fault);
    const isPostgres =
      fault.kind === "restart-postgres" || (fault.kind === "kill" && fault.process === "postgres");
    const away = isPostgres ? untilRestarted(db, postgresFolder, pid) : Promise.resolve();
    faults.push(away.then(() => ({ ...fault, fromMs, untilMs: Date.now() })));
  }
  const events = await sending;
  options.log(`${events.length} events accepted`);
  const done = await Promise.all(faults);
  queue.calm();

  const drainFromMs = Date.now();
  for (let open = 1; open > 0 && Date.now() - drainFromMs < options.drainMs;) {
    await sleep(250);
    open = await countOpen(db);
  }
  const drainMs = Date.now() - drainFromMs;
  const attempts = await readAttempts(
    db,
    subscribed.map(({ subscriptionId }) => subscriptionId),
  );
  const account = takeAccount({
    events,
    received: endpoints.received,
    attempts,
    faults: done,
    endpoints: subscribed,
    retriesMax: RETRIES_MAX,
    leaseMs: LEASE_SECONDS * 1_000,
  });
  return { account, faults: done, tampered: queue.done, drainMs };
}

/** One subscription an endpoint; each lane's events go to every endpoint of the lane. */
async function subscribe(
  { local, call }: Awaited<ReturnType<typeof startLocalStack>>,
  { endpoints }: Plan,
  url: (endpoint: number) => string,
) {
  const { application_id } = local;
  await call("POST", "/event_types", local.service_token, { application_id, ...EVENT_TYPE });
  const made = endpoints.map(async (behaviour, index) => {
    const lane = index % LANES;
    const answer = await call("POST", "/subscriptions", local.service_token, {
      application_id,
      is_enabled: true,
      event_types: [Object.values(EVENT_TYPE).join(".")],
      labels: { lane: String(lane) },
      target: { type: "http", method: "POST", url: url(index), headers: {} },
    });
    if (answer.status !== 201) throw new Error(`no subscription: ${answer.text}`);
    return { behaviour, lane, subscriptionId: String(answer.json.subscription_id) };
  });
  return Promise.all(made);
}

/** Resolves when another server than this process answers. */
async function untilRestarted(db: Database, folder: string, oldPid: number): Promise<void> {
  for (;;) {
    await sleep(20);
    if ((await postgresPid(folder)) === oldPid) continue;
    const isUp = await countOpen(db).then(
      () => true,
      () => false,
    );
    if (isUp) return;
  }
}

export function describe(fault: Fault): string {
  switch (fault.kind) {
    case "kill":
      return `kill -9 ${fault.process}`;
    case "cut":
      return `cut ${fault.when} ${fault.statement}`;
    case "restart-postgres":
      return "restart Postgres";
    case "cut-all":
      return "cut every connection to Postgres";
    case "stall-postgres":
      return `hold statements back for ${fault.ms} ms`;
    case "purge":
      return "purge the queue";
  }
}
