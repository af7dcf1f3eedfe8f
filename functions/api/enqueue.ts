import type { Logger } from "pino";
import type { DeliveryName } from "#core/delivery/lease.ts";
import type { DeliveryQueue } from "#core/delivery/queue.ts";

/** Best effort: what is not sent now has a lease in the ledger, and the scheduler sends it when that runs out. */
export async function enqueue(
  queue: DeliveryQueue,
  log: Logger,
  deliveries: readonly DeliveryName[],
): Promise<void> {
  try {
    await queue.send(deliveries.map((delivery) => ({ ...delivery, delaySeconds: 0 })));
  } catch (error) {
    log.warn({ error, deliveries: deliveries.length }, "deliveries were not enqueued; the scheduler will");
  }
}
