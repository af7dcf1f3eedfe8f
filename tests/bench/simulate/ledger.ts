import FlatQueue from "flatqueue";
import type { Random } from "../../faults/random.ts";
import type { Delivery } from "./delivery.ts";
import { exponential } from "./distribution.ts";
import { createGauge } from "./gauge.ts";
import { assumed, measured } from "./parameters.ts";
import type { Queue } from "./queue.ts";
import type { Simulation } from "./simulation.ts";
import type { Station } from "./station.ts";

/** As `functions/core/delivery/schedule.ts` and the stacks have it. */
const BATCH_LENGTH = 500;
const INTERVAL_SECONDS = 60;

interface Parts {
  readonly simulation: Simulation;
  readonly random: Random;
  readonly postgres: Station;
  readonly queue: Queue;
  readonly scale: number;
}

/** What waits in the ledger for its time, and the scheduler that enqueues it then. */
export function createLedger({ simulation, random, postgres, queue, scale }: Parts) {
  const waiting = new FlatQueue<Delivery>();
  const scheduler = createGauge(simulation, "the scheduler's time", 1);
  const batchLength = Math.max(1, Math.round(BATCH_LENGTH / scale));
  const workOf = (rows: number) => measured.schedule.statement + measured.schedule.row * rows;
  let underWay = 0;

  const run = (stopAt: number): void => {
    const due: Delivery[] = [];
    const horizon = simulation.now() + INTERVAL_SECONDS;
    while (due.length < batchLength && (waiting.peekValue() ?? Infinity) <= horizon) {
      const delivery = waiting.pop();
      if (delivery) due.push(delivery);
    }
    underWay += due.length;
    const isLast = due.length < batchLength;
    postgres.serve(exponential(random, workOf(due.length)), () => {
      // A scaled-down batch takes the scheduler as long as a whole one, or it would do `scale` times as much.
      const rest = isLast ? 0 : workOf(BATCH_LENGTH) - workOf(due.length);
      simulation.after(rest + assumed.databaseRoundTrip + assumed.sqsSend, () => {
        underWay -= due.length;
        for (const delivery of due) queue.send(delivery, Math.max(0, delivery.dueAt - simulation.now()));
        if (!isLast && simulation.now() < stopAt) return run(stopAt);
        scheduler.add(-1);
        simulation.after(Math.max(0, stopAt - simulation.now()), start);
      });
    });
  };
  const start = () => {
    scheduler.add(1);
    run(simulation.now() + INTERVAL_SECONDS);
  };
  simulation.after(0, start);

  return {
    scheduler,
    get waiting() {
      return waiting.length + underWay;
    },
    add: (delivery: Delivery) => waiting.push(delivery, delivery.dueAt),
  };
}
export type Ledger = ReturnType<typeof createLedger>;
