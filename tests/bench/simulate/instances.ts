import { createGauge, type Gauge } from "./gauge.ts";
import type { Simulation } from "./simulation.ts";

/** A Lambda function's instances: cold starts, kept when idle, so many at once at the most. */
export interface Instances {
  readonly busy: Gauge;
  /** How often one was called. */
  readonly runs: number;
  /** Whether one can be had now. */
  isFree(): boolean;
  /** Runs on an instance, a warm one if there is one. Only when one is free. */
  acquire(run: (startSeconds: number) => void): void;
  release(): void;
}

export interface InstancesOptions {
  readonly name: string;
  readonly concurrencyMax: number;
  /** New ones in ten seconds. */
  readonly perTenSeconds: number;
  readonly coldStart: number;
  readonly idle: number;
}

export function createInstances(simulation: Simulation, options: InstancesOptions): Instances {
  const busy = createGauge(simulation, options.name, options.concurrencyMax);
  // When each became idle. The one used last is used first, so that those not needed grow old.
  let idle: number[] = [];
  let allowance = options.perTenSeconds;
  let allowedAt = 0;
  let runs = 0;
  const forgetOld = () => {
    const youngest = idle.at(-1);
    if (youngest !== undefined && simulation.now() - youngest >= options.idle) idle = [];
  };
  const mayStart = () => {
    const earned = ((simulation.now() - allowedAt) / 10) * options.perTenSeconds;
    // At least one at once, however few a scaled-down run may start.
    allowance = Math.min(Math.max(1, options.perTenSeconds), allowance + earned);
    allowedAt = simulation.now();
    return allowance >= 1;
  };
  return {
    busy,
    get runs() {
      return runs;
    },
    isFree() {
      if (busy.value >= options.concurrencyMax) return false;
      forgetOld();
      return idle.length > 0 || mayStart();
    },
    acquire(run) {
      const isWarm = idle.pop() !== undefined;
      if (!isWarm) allowance--;
      busy.add(1);
      runs++;
      run(isWarm ? 0 : options.coldStart);
    },
    release() {
      busy.add(-1);
      idle.push(simulation.now());
    },
  };
}
