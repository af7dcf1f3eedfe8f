import type { Delivery } from "./delivery.ts";
import { createFifo } from "./fifo.ts";
import { createGauge, type Gauge } from "./gauge.ts";
import type { Simulation } from "./simulation.ts";

/**
 * A fair standard SQS queue: while there is a backlog, messages of groups that have few in flight come before those of a
 * group that has many. Here that group is the largest customer's.
 */
export interface Queue {
  readonly inFlight: Gauge;
  readonly visible: number;
  /** Sent, and not to be received yet. */
  readonly delayed: number;
  /** Called when there is something to receive. */
  onVisible(listener: () => void): void;
  send(delivery: Delivery, delaySeconds?: number): void;
  /** Up to so many, which are in flight from then on; none when too many are. */
  receive(count: number): Delivery[];
  /** Keeps a received message hidden until then. */
  postpone(delivery: Delivery, seconds: number): void;
  delete(count: number): void;
}

export function createQueue(
  simulation: Simulation,
  options: { inFlightMax: number; receiveSeconds: number },
): Queue {
  const quiet = createFifo<Delivery>();
  const noisy = createFifo<Delivery>();
  const inFlight = createGauge(simulation, "messages in flight in SQS", options.inFlightMax);
  let delayed = 0;
  let listener = () => {};
  const show = (delivery: Delivery) => {
    (delivery.endpoint.isLargest ? noisy : quiet).push(delivery);
    listener();
  };
  return {
    inFlight,
    get visible() {
      return quiet.length + noisy.length;
    },
    get delayed() {
      return delayed;
    },
    onVisible(listen) {
      listener = listen;
    },
    send(delivery, delaySeconds = 0) {
      delayed++;
      simulation.after(options.receiveSeconds + delaySeconds, () => {
        delayed--;
        show(delivery);
      });
    },
    receive(count) {
      const room = Math.min(count, Math.floor(options.inFlightMax - inFlight.value));
      const batch: Delivery[] = [];
      while (batch.length < room) {
        const delivery = quiet.shift() ?? noisy.shift();
        if (!delivery) break;
        batch.push(delivery);
      }
      inFlight.add(batch.length);
      return batch;
    },
    postpone: (delivery, seconds) =>
      simulation.after(seconds, () => {
        inFlight.add(-1);
        show(delivery);
      }),
    delete(count) {
      inFlight.add(-count);
      if (count > 0) listener();
    },
  };
}
