import type { Simulation } from "./simulation.ts";

/** Part of a capacity that, used over a whole minute, counts as all of it. */
const FULL_SHARE = 0.95;

/** How much of something is in use, over time. */
export interface Gauge {
  readonly name: string;
  readonly capacity: number;
  readonly value: number;
  readonly max: number;
  add(amount: number): void;
  /** Closes a minute. */
  tick(): void;
  /** Mean use of each minute so far. */
  readonly minutes: readonly number[];
  /** The first minute in which it was used up, as seconds; null when there was none. */
  fullAt(fromSeconds: number): number | null;
}

export function createGauge(simulation: Simulation, name: string, capacity: number): Gauge {
  const minutes: number[] = [];
  let [value, max, changedAt, integral, tickedAt] = [0, 0, 0, 0, 0];
  const settle = () => {
    integral += value * (simulation.now() - changedAt);
    changedAt = simulation.now();
  };
  return {
    name,
    capacity,
    minutes,
    get value() {
      return value;
    },
    get max() {
      return max;
    },
    add(amount) {
      settle();
      value += amount;
      if (value > max) max = value;
    },
    tick() {
      settle();
      const elapsed = simulation.now() - tickedAt;
      minutes.push(elapsed > 0 ? integral / elapsed : 0);
      integral = 0;
      tickedAt = simulation.now();
    },
    fullAt(fromSeconds) {
      const minute = minutes.findIndex(
        (mean, index) => index * 60 >= fromSeconds && mean >= capacity * FULL_SHARE,
      );
      return minute === -1 ? null : minute * 60;
    },
  };
}
