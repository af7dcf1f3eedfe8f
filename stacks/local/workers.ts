import { setTimeout as sleep } from "node:timers/promises";
import { readConfig } from "#functions/config.ts";
import { createHandler as createDeliveryHandler } from "#functions/delivery/create.ts";
import { openDeliveryDeps, openSchedulerDeps } from "#functions/deps.ts";
import { createHandler as createSchedulerHandler } from "#functions/scheduler/create.ts";
import { reportReady } from "./child.ts";
import { startPoller } from "./poller.ts";

/** Far more than needed: a batch that waits for a slow endpoint must not keep the next one from starting. */
const CONCURRENCY_MAX = 50;

// The two functions that nobody calls, in one process, which is half the memory of two.

const config = readConfig();
const delivery = openDeliveryDeps(config);
const poller = startPoller({
  sqs: delivery.sqs,
  queueUrl: delivery.queueUrl,
  handler: createDeliveryHandler(delivery),
  concurrencyMax: CONCURRENCY_MAX,
  onError: (error) => delivery.log.error({ error }, "a batch failed"),
});

const scheduler = openSchedulerDeps(config);
const runScheduler = createSchedulerHandler(scheduler);
const stopping = new AbortController();

async function scheduleForever(): Promise<void> {
  while (!stopping.signal.aborted) {
    await runScheduler().catch((error: unknown) => scheduler.log.error({ error }, "the scheduler failed"));
    await sleep(scheduler.intervalSeconds * 1_000, undefined, { signal: stopping.signal }).catch(() => {});
  }
}

const scheduling = scheduleForever();
reportReady(async () => {
  stopping.abort();
  await Promise.all([poller.stop(), scheduling]);
});
