import type { Random } from "../../faults/random.ts";

/** Exponentially distributed, with this mean. */
export const exponential = (random: Random, mean: number): number => -Math.log(1 - random()) * mean;

/** Normally distributed around 0, spread 1 (Box and Muller). */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

export const logNormal = (random: Random, median: number, spread: number): number =>
  median * Math.exp(spread * normal(random));

const STEPS_PER_E = 50;

/** Many values in little memory: percentiles are exact to 2 %. */
export interface Histogram {
  readonly count: number;
  add(value: number): void;
  /** NaN of nothing. */
  percentile(part: number): number;
}

export function createHistogram(): Histogram {
  const counts = new Map<number, number>();
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(value) {
      const step = Math.round(Math.log(Math.max(value, 1e-6)) * STEPS_PER_E);
      counts.set(step, (counts.get(step) ?? 0) + 1);
      count++;
    },
    percentile(part) {
      let below = 0;
      for (const step of [...counts.keys()].sort((a, b) => a - b)) {
        below += counts.get(step) ?? 0;
        if (below >= count * part) return Math.exp(step / STEPS_PER_E);
      }
      return Number.NaN;
    },
  };
}
