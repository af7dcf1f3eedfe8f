import type { RetryPolicy } from "#core/delivery/retry-policy.ts";

/** Hook0's delays (4.1); the last one repeats. */
const DEFAULT_STEPS_SECONDS = [3, 10, 180, 1_800, 3_600, 10_800, 18_000, 36_000] as const;
const LAST_STEP_SECONDS = 36_000;

/** What the instance does where a subscription says nothing. */
export interface RetryDefaults {
  readonly retriesMax: number;
  /** From a delivery's first attempt: no retry is made later. */
  readonly windowSeconds: number;
}

/** Seconds before the retry that follows `retryCount` earlier ones, without jitter; null when there is none. */
export function stepSeconds(
  policy: RetryPolicy | null,
  retryCount: number,
  retriesMax: number,
): number | null {
  if (policy === null) {
    return retryCount < retriesMax ? (DEFAULT_STEPS_SECONDS[retryCount] ?? LAST_STEP_SECONDS) : null;
  }
  if ("schedule_seconds" in policy) return policy.schedule_seconds[retryCount] ?? null;
  const { initial_seconds, factor, cap_seconds, retries } = policy.exponential;
  return retryCount < retries ? Math.min(initial_seconds * factor ** retryCount, cap_seconds) : null;
}

/** Seconds before each retry of a delivery that only fails, as soon as its policy lets them come: without jitter. */
export function stepsWithin(policy: RetryPolicy | null, defaults: RetryDefaults): number[] {
  const windowSeconds = policy?.window_seconds ?? defaults.windowSeconds;
  const steps: number[] = [];
  let elapsed = 0;
  for (;;) {
    const step = stepSeconds(policy, steps.length, defaults.retriesMax);
    if (step === null || elapsed + step > windowSeconds) return steps;
    steps.push(step);
    elapsed += step;
  }
}
