import type { Context } from "#core/context.ts";
import type { DueHints } from "#core/delivery/due-hints.ts";
import { secondsAfter } from "#core/delivery/lease.ts";

/** A hint is kept for so long after its minute has begun: whoever gave it has committed by then. */
const HINT_KEPT_SECONDS = 120;

export interface TickOptions {
  /** Left out where the ledger is always looked into. */
  readonly hints: DueHints | undefined;
  /** Longest time without a look into the ledger, whatever the hints say. */
  readonly sweepSeconds: number;
  /** When something falls due next, as far as the ledger knows. */
  readonly nextDueAt: () => Promise<Date | null>;
}

/**
 * Runs `look` only when a hint says that something may be due within `horizonSeconds`, and now and then without one:
 * that sweep is what finds things whose hint was lost. Each look leaves a hint of what is due next, so that what one
 * look has seen needs no luck. The first tick of a process sweeps. Answers null when it has not looked.
 */
export function createTick({ hints, sweepSeconds, nextDueAt }: TickOptions) {
  let sweepAt = new Date(0);
  return async <T>(ctx: Context, horizonSeconds: number, look: () => Promise<T>): Promise<T | null> => {
    if (!hints) return look();
    const now = ctx.now();
    const isSweep = now >= sweepAt;
    if (!isSweep && !(await hints.hasUntil(secondsAfter(now, horizonSeconds)))) return null;
    const result = await look();
    const nextAt = await nextDueAt();
    if (nextAt) await hints.note([nextAt > now ? nextAt : now]);
    await hints.forgetBefore(secondsAfter(now, -HINT_KEPT_SECONDS));
    if (isSweep) sweepAt = secondsAfter(now, sweepSeconds);
    return result;
  };
}
