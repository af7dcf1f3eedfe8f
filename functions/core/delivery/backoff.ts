/** Seconds to wait after the failure of attempt n, before jitter; the last one repeats (Hook0 4.1). */
const STEPS_SECONDS = [3, 10, 180, 1_800, 3_600, 10_800, 18_000, 36_000] as const;
const LAST_STEP_SECONDS = 36_000;
const JITTER_RATIO = 0.1;
const JITTER_FLOOR_SECONDS = 2;
const JITTER_CEILING_SECONDS = 900;
/** A receiver cannot push an attempt out further than the longest step. */
const RETRY_AFTER_MAX_SECONDS = 36_000;

/** Statuses whose `Retry-After` is obeyed (RFC 9110 10.2.3, RFC 6585 4). */
const STATUSES_WITH_RETRY_AFTER: ReadonlySet<number> = new Set([429, 503]);

export interface Failure {
  /** How many attempts of this delivery failed before this one. */
  readonly retryCount: number;
  readonly status: number | null;
  /** The answer's `Retry-After`, as sent. */
  readonly retryAfter: string | undefined;
}

/**
 * Seconds until the next attempt, or null when this was the last: `retriesMax` retries follow a first attempt. The
 * jitter only ever adds, up to a tenth of the step but 2 s to 15 min, so that deliveries that failed together do not
 * come back together (Hook0 4.1).
 */
export function nextDelaySeconds(
  failure: Failure,
  options: { retriesMax: number; now: Date; random: () => number },
): number | null {
  if (failure.retryCount >= options.retriesMax) return null;
  const step = STEPS_SECONDS[failure.retryCount] ?? LAST_STEP_SECONDS;
  const spread = Math.min(Math.max(step * JITTER_RATIO, JITTER_FLOOR_SECONDS), JITTER_CEILING_SECONDS);
  const scheduled = step + options.random() * spread;
  if (failure.status === null || !STATUSES_WITH_RETRY_AFTER.has(failure.status)) return scheduled;
  return Math.max(scheduled, retryAfterSeconds(failure.retryAfter, options.now));
}

/** Seconds that a `Retry-After` value asks for (delay or HTTP date), at most ten hours; 0 when absent or unreadable. */
export function retryAfterSeconds(value: string | undefined, now: Date): number {
  if (value === undefined) return 0;
  const text = value.trim();
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now.getTime()) / 1_000;
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), RETRY_AFTER_MAX_SECONDS) : 0;
}
