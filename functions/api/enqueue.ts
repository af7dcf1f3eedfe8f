import { leaseEnd, type DeliveryName } from "#core/delivery/lease.ts";
import type { ApiDeps } from "#functions/api/env.ts";

/** Best effort: what is not sent now has a lease in the ledger, and the scheduler sends it when that runs out. */
export async function enqueue(
  { ctx, queue, hints, log, metrics }: Pick<ApiDeps, "ctx" | "queue" | "hints" | "log" | "metrics">,
  deliveries: readonly DeliveryName[],
): Promise<void> {
  const noted = hints?.note([leaseEnd(ctx, ctx.now())]);
  try {
    await queue.send(deliveries.map((delivery) => ({ ...delivery, delaySeconds: 0 })));
  } catch (error) {
    metrics.add("QueueSendFailures", 1);
    log.warn({ error, deliveries: deliveries.length }, "deliveries were not enqueued; the scheduler will");
  }
  await noted;
}
