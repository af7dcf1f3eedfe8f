import type { Random } from "../../faults/random.ts";
import { exponential } from "./distribution.ts";
import { assumed, type Setup } from "./parameters.ts";
import type { Simulation } from "./simulation.ts";

const BURST_SECONDS = 20;
const BURST_EVERY_SECONDS = 600;
const PEAK_HOUR = 15;
const burstShare = BURST_SECONDS / BURST_EVERY_SECONDS;
/** So that the day's mean is what it is to be. */
const evenOut = 1 + burstShare * (assumed.burstFactor - 1);

/** What the mean rate is multiplied with at this second of the run: the day's swing, and bursts on it. */
export function rateFactor(setup: Pick<Setup, "startHour">, now: number): number {
  const hour = setup.startHour + now / 3_600;
  const day = 1 + assumed.daySwing * Math.cos(((hour - PEAK_HOUR) / 24) * 2 * Math.PI);
  // In the middle of their ten minutes: a run begins in calm.
  const inPeriod = now % BURST_EVERY_SECONDS;
  const start = (BURST_EVERY_SECONDS - BURST_SECONDS) / 2;
  const isBurst = inPeriod >= start && inPeriod < start + BURST_SECONDS;
  return (day * (isBurst ? assumed.burstFactor : 1)) / evenOut;
}

/** The largest factor of a day. */
export const PEAK_FACTOR = ((1 + assumed.daySwing) * assumed.burstFactor) / evenOut;

/** Has `arrive` happen as independent clients would, at the day's rate. */
export function startArrivals(
  simulation: Simulation,
  setup: Setup,
  random: Random,
  arrive: () => void,
): void {
  const meanPerSecond = setup.deliveriesPerDay / setup.eventsPerRequest / setup.scale / 86_400;
  const peakPerSecond = meanPerSecond * PEAK_FACTOR;
  const next = () =>
    simulation.after(exponential(random, 1 / peakPerSecond), () => {
      if (simulation.now() >= setup.hours * 3_600) return;
      next();
      // Thinning: exact for a rate that changes.
      if (random() * PEAK_FACTOR < rateFactor(setup, simulation.now())) arrive();
    });
  next();
}
