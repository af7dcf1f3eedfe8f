import { seededRandom } from "../../faults/random.ts";
import { exponential } from "./distribution.ts";
import { createSimulation } from "./simulation.ts";
import { createStation } from "./station.ts";

export interface Waits {
  readonly perSecond: number;
  readonly serviceSeconds: number;
  readonly servers: number;
}

/** Mean seconds that so many customers of an M/M/c queue wait in the simulation; `meanWaitSeconds` knows the truth. */
export function simulatedWaitSeconds(
  { perSecond, serviceSeconds, servers }: Waits,
  customers: number,
): number {
  const random = seededRandom(7);
  const simulation = createSimulation();
  const station = createStation(simulation, "servers", servers);
  let waited = 0;
  let served = 0;
  const arrive = (left: number) => {
    if (left === 0) return;
    const came = simulation.now();
    const seconds = exponential(random, serviceSeconds);
    station.serve(seconds, () => {
      waited += simulation.now() - came - seconds;
      served++;
    });
    simulation.after(exponential(random, 1 / perSecond), () => arrive(left - 1));
  };
  arrive(customers);
  simulation.runUntil((2 * customers) / perSecond);
  return waited / served;
}
