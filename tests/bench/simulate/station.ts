import { createFifo } from "./fifo.ts";
import { createGauge, type Gauge } from "./gauge.ts";
import type { Simulation } from "./simulation.ts";

/** Servers that each do one thing at a time, and a line before them. */
export interface Station {
  readonly busy: Gauge;
  readonly waiting: number;
  /** Does this when a server is free, takes so many seconds for it, and goes on with `done`. */
  serve(seconds: number, done: () => void): void;
}

export function createStation(simulation: Simulation, name: string, servers: number): Station {
  const line = createFifo<{ seconds: number; done: () => void }>();
  const busy = createGauge(simulation, name, servers);
  const start = (seconds: number, done: () => void) => {
    busy.add(1);
    simulation.after(seconds, () => {
      busy.add(-1);
      const next = line.shift();
      if (next) start(next.seconds, next.done);
      done();
    });
  };
  return {
    busy,
    get waiting() {
      return line.length;
    },
    serve(seconds, done) {
      if (busy.value < servers) start(seconds, done);
      else line.push({ seconds, done });
    },
  };
}
