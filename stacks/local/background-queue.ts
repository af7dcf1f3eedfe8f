import type { DeliveryQueue } from "#core/delivery/queue.ts";

/** From so many unsent deliveries on, whoever brings more waits. */
const UNSENT_MAX = 2_000;

/**
 * Takes deliveries at once and sends them while the client has its answer already: a process that lives on between
 * requests can, a Lambda cannot. What is lost when it is killed meanwhile, the scheduler sends when the lease is over.
 */
export function inBackground(
  queue: DeliveryQueue,
  onError: (error: unknown) => void,
): DeliveryQueue & { drain(): Promise<void> } {
  const sending = new Set<Promise<void>>();
  let unsent = 0;
  return {
    async send(deliveries) {
      unsent += deliveries.length;
      const sent = queue
        .send(deliveries)
        .catch(onError)
        .finally(() => {
          unsent -= deliveries.length;
          sending.delete(sent);
        });
      sending.add(sent);
      if (unsent > UNSENT_MAX) await sent;
    },
    drain: async () => void (await Promise.all(sending)),
  };
}
