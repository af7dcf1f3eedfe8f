import { readSchedulerConfig } from "#functions/config.ts";
import { openSchedulerDeps } from "#functions/deps.ts";
import { createHandler } from "#functions/scheduler/create.ts";
import { readSecrets } from "#functions/secrets.ts";

/** Runs on a schedule and enqueues what is due. */
export const handler = createHandler(openSchedulerDeps(readSchedulerConfig(await readSecrets())));
