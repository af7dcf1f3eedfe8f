import { readConfig } from "#functions/config.ts";
import { createHandler } from "#functions/delivery/create.ts";
import { openDeliveryDeps } from "#functions/deps.ts";
import { reportReady } from "./child.ts";
import { startPoller } from "./poller.ts";

/** Far more than needed: a batch that waits for a slow endpoint must not keep the next one from starting. */
const CONCURRENCY_MAX = 50;

const deps = openDeliveryDeps(readConfig());
const poller = startPoller({
  sqs: deps.sqs,
  queueUrl: deps.queueUrl,
  handler: createHandler(deps),
  concurrencyMax: CONCURRENCY_MAX,
  onError: (error) => deps.log.error({ error }, "a batch failed"),
});
reportReady(() => poller.stop());
