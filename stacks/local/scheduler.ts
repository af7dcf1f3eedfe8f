import { setTimeout as sleep } from "node:timers/promises";
import { readConfig } from "#functions/config.ts";
import { openSchedulerDeps } from "#functions/deps.ts";
import { createHandler } from "#functions/scheduler/create.ts";
import { reportReady } from "./child.ts";

const deps = openSchedulerDeps(readConfig());
const handler = createHandler(deps);
const stopping = new AbortController();

async function runForever(): Promise<void> {
  while (!stopping.signal.aborted) {
    await handler().catch((error: unknown) => deps.log.error({ error }, "the scheduler failed"));
    await sleep(deps.intervalSeconds * 1_000, undefined, { signal: stopping.signal }).catch(() => {});
  }
}

const running = runForever();
reportReady(async () => {
  stopping.abort();
  await running;
});
