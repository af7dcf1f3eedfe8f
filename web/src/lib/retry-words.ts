import { stepsWithin } from "#core/delivery/retry-steps.ts";
import type { Subscription } from "../data/api.ts";
import { formatDuration } from "./duration.ts";

type RetryPolicy = NonNullable<Subscription["retry_policy"]>;

/** Waits named one by one; what is beyond them is counted. */
const NAMED_MAX = 8;
const NO_LIMITS = { retriesMax: Infinity, windowSeconds: Infinity };
/** One more than differ: the last step of what instances do repeats. */
const DEFAULT_STEPS_SHOWN = 9;

const inWords = (seconds: number) => formatDuration(seconds * 1_000);

/** When the attempts of a delivery that only fails are made; null is what the instance does. */
export function describeRetries(policy: RetryPolicy | null): string {
  if (policy === null) {
    const steps = stepsWithin(null, { ...NO_LIMITS, retriesMax: DEFAULT_STEPS_SHOWN }).map(inWords);
    return `At once, then after ${steps.slice(0, -2).join(", ")}, then every ${steps.at(-1)}, as long as this instance retries.`;
  }
  const steps = stepsWithin(policy, NO_LIMITS);
  if (steps.length === 0) return "One attempt, at once. If it fails, the delivery is a dead letter.";
  const total = steps.reduce((sum, step) => sum + step, 0);
  const tooLate = stepsWithin({ ...policy, window_seconds: Infinity }, NO_LIMITS).length - steps.length;
  const cut = tooLate > 0 ? ` ${counted(tooLate, "retry", "retries")} would come too late.` : "";
  return `${steps.length + 1} attempts within ${inWords(total)}: at once, then after ${waits(steps)}.${cut}`;
}

/** `5 s, 1 min, 3 × 1 h`: equal waits in a row are counted, and so is what is beyond those that are named. */
function waits(steps: readonly number[]): string {
  const runs: { step: string; times: number }[] = [];
  for (const step of steps.map(inWords)) {
    const last = runs.at(-1);
    if (last?.step === step) last.times++;
    else runs.push({ step, times: 1 });
  }
  const named = runs.slice(0, NAMED_MAX).map(({ step, times }) => (times > 1 ? `${times} × ${step}` : step));
  const beyond = runs.slice(NAMED_MAX).reduce((sum, { times }) => sum + times, 0);
  return beyond > 0 ? `${named.join(", ")} and ${beyond} more, up to ${runs.at(-1)?.step}` : named.join(", ");
}

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;
