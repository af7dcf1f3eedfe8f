import { join } from "node:path";
import { inject } from "vitest";
import { createBiscuits } from "#core/auth/biscuit.ts";
import { NO_QUOTAS } from "#core/quota.ts";
import type { FunctionName } from "../../stacks/aws/bundle/bundle.ts";
import { startSqs } from "../../stacks/local/sqs.ts";
import { createDatabase } from "./database.ts";
import { startLambda } from "./lambda.ts";
import { createTenant, PRIVATE_KEY } from "./world.ts";

/** A database, an SQS endpoint and a tenant, for functions that run from their bundles. */
export async function createBundledWorld() {
  await using cleanup = new AsyncDisposableStack();
  const database = cleanup.use(await createDatabase());
  const sqs = await startSqs(0);
  cleanup.defer(() => sqs.server.stop());
  const ctx = {
    db: database.db,
    now: () => new Date(),
    leaseSeconds: 60,
    quotas: NO_QUOTAS,
    publicTargetsOnly: false,
  };
  const tenant = await createTenant({ ctx, biscuits: await createBiscuits({ privateKey: PRIVATE_KEY }) });
  const environment = {
    DATABASE_URL: database.url,
    // fauxqs names its host in a way that is no URL.
    DELIVERIES_QUEUE_URL: `${sqs.server.address}/000000000000/deliveries`,
    SQS_ENDPOINT: sqs.server.address,
    DISABLE_TARGET_IP_CHECK: "true",
  };
  const resources = cleanup.move();
  return {
    ctx,
    tenant,
    sqs,
    start: (name: FunctionName, more: Record<string, string> = {}) =>
      startLambda(join(inject("bundlesFolder"), name), { ...environment, ...more }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
