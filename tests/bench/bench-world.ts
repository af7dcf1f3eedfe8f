import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Pool as PgPool } from "pg";
import { Pool } from "undici";
import { keepPostgres } from "../../stacks/local/postgres.ts";
import { startLocalStack } from "../helpers/local-stack.ts";
import { processTree, startServer } from "./processes.ts";

const EVENT_TYPE = { service: "bench", resource_type: "order", verb: "paid" };
/** As JSON text, with its envelope: what a typical webhook carries. */
const PAYLOAD = JSON.stringify({ text: "x".repeat(1_024 - 11) });
const WAIT_MS_MAX = 120_000;

export type BenchWorld = Awaited<ReturnType<typeof createBenchWorld>>;

/** The whole local stack on a Postgres that waits for its disk, as in production, and a receiver beside it. */
export async function createBenchWorld() {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "columba-bench-"));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const postgres = await keepPostgres(join(folder, "postgres"));
  cleanup.defer(() => postgres.stop());
  const stack = cleanup.use(
    await startLocalStack(join(folder, "data"), {
      DATABASE_URL: postgres.url,
      DISABLE_RATE_LIMITS: "true",
    }),
  );
  const receiver = cleanup.use(await startServer("receiver"));
  const db = new PgPool({ connectionString: postgres.url, max: 10 });
  cleanup.defer(() => db.end());
  const { local } = stack;
  const http = new Pool(new URL(local.api_url).origin, { connections: 64 });
  cleanup.defer(() => http.destroy());

  const arrivals = new Map<string, number>();
  const total = { received: 0 };
  receiver.process.on("message", (message: { arrivals: { eventId: string; atMs: number }[] }) => {
    total.received += message.arrivals.length;
    for (const { eventId, atMs } of message.arrivals) arrivals.set(eventId, atMs);
  });

  const headers = {
    authorization: `Bearer ${local.service_token}`,
    "content-type": "application/json",
  };
  const post = async (path: string, body: string): Promise<{ [field: string]: string }> => {
    const answer = await http.request({ method: "POST", path: `/api/v1${path}`, headers, body });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text}`);
    return JSON.parse(text) as { [field: string]: string };
  };
  const deliveryPids = () =>
    processTree(stack.pid)
      .filter(({ name }) => name === "workers")
      .map(({ pid }) => pid);

  const resources = cleanup.move();
  return {
    stack,
    db,
    headers,
    receiverUrl: receiver.url,
    postgresUrl: postgres.url,
    eventUrl: `${local.api_url}/event`,
    batchUrl: `${local.api_url}/events/batch`,
    post,
    received: () => total.received,
    arrivalOf: (eventId: string) => arrivals.get(eventId),
    /** Resolves when so many requests have come in all. Throws after two minutes. */
    async receivedAtLeast(count: number): Promise<void> {
      const endsAtMs = performance.now() + WAIT_MS_MAX;
      while (total.received < count) {
        if (performance.now() > endsAtMs)
          throw new Error(`only ${total.received} of ${count} deliveries came`);
        await sleep(2);
      }
    },
    /** Stops the delivery function where it is until `resumeDelivery`: what is accepted meanwhile waits. */
    pauseDelivery: () => deliveryPids().forEach((pid) => process.kill(pid, "SIGSTOP")),
    resumeDelivery: () => deliveryPids().forEach((pid) => process.kill(pid, "SIGCONT")),

    /**
     * An application of which each event goes to `matching` of its `subscriptions`. The others want the label
     * `customer=other-<index>`. Those from `blackHolesFrom` on have an endpoint that never answers.
     */
    async createApplication(matching: number, subscriptions = matching, blackHolesFrom = subscriptions) {
      const { organization_id } = local;
      const { application_id = "" } = await post(
        "/applications",
        JSON.stringify({ organization_id, name: "bench" }),
      );
      await post("/event_types", JSON.stringify({ application_id, ...EVENT_TYPE }));
      const urlOf = (index: number) => `${receiver.url}/${index < blackHolesFrom ? "hook" : "black-hole"}`;
      const subscribe = (index: number) =>
        post(
          "/subscriptions",
          JSON.stringify({
            application_id,
            is_enabled: true,
            event_types: ["bench.order.paid"],
            labels: { customer: index < matching ? "bench" : `other-${index}` },
            target: { type: "http", method: "POST", url: urlOf(index), headers: {} },
          }),
        );
      await Promise.all(Array.from({ length: subscriptions }, (_, index) => subscribe(index)));
      const event = {
        application_id,
        event_type: "bench.order.paid",
        payload: PAYLOAD,
        payload_content_type: "application/json",
        occurred_at: new Date().toISOString(),
        labels: { customer: "bench" },
      };
      return { application_id, event, body: JSON.stringify(event) };
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

export type BenchApplication = Awaited<ReturnType<BenchWorld["createApplication"]>>;
