import { readWorkerConfig } from "#functions/config.ts";
import { createHandler } from "#functions/delivery/create.ts";
import { openDeliveryDeps } from "#functions/deps.ts";
import { readSecrets } from "#functions/secrets.ts";

/** Delivers a batch of the deliveries queue. */
export const handler = createHandler(openDeliveryDeps(readWorkerConfig(await readSecrets())));
