import type { RetryPolicy } from "#core/delivery/retry-policy.ts";
import { stepSeconds, type RetryDefaults } from "#core/delivery/retry-steps.ts";

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
  /** When the delivery's first attempt was made. */
  readonly firstAt: Date;
  readonly policy: RetryPolicy | null;
}

export interface BackoffOptions extends RetryDefaults {
  readonly now: Date;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * Seconds until the next attempt, or null when this was the last: the retries are used up, or the next would come after
 * the retry window. The jitter only ever adds, up to a tenth of the step but 2 s to 15 min, so that deliveries that
 * failed together do not come back together (Hook0 4.1).
 */
export function nextDelaySeconds(failure: Failure, options: BackoffOptions): number | null {
  const step = stepSeconds(failure.policy, failure.retryCount, options.retriesMax);
  if (step === null) return null;
  const spread = Math.min(Math.max(step * JITTER_RATIO, JITTER_FLOOR_SECONDS), JITTER_CEILING_SECONDS);
  const scheduled = step + options.random() * spread;
  const obeys = failure.status !== null && STATUSES_WITH_RETRY_AFTER.has(failure.status);
  const delay = obeys ? Math.max(scheduled, retryAfterSeconds(failure.retryAfter, options.now)) : scheduled;
  const windowSeconds = failure.policy?.window_seconds ?? options.windowSeconds;
  const elapsed = (options.now.getTime() - failure.firstAt.getTime()) / 1_000;
  return elapsed + delay > windowSeconds ? null : delay;
}

/** Seconds that a `Retry-After` value asks for (delay or HTTP date), at most ten hours; 0 when absent or unreadable. */
export function retryAfterSeconds(value: string | undefined, now: Date): number {
  if (value === undefined) return 0;
  const text = value.trim();
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now.getTime()) / 1_000;
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), RETRY_AFTER_MAX_SECONDS) : 0;
}
