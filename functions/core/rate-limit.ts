import { LRUCache } from "lru-cache";
import { sql } from "kysely";
import type { Context } from "#core/context.ts";

/** A token bucket: `burst` requests at once, refilled by `perSecond`. */
interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

export interface RateLimits {
  /** Of one credential: a token with all its attenuations, an application secret. */
  readonly token: RateLimit;
  /** Of one client address. */
  readonly address: RateLimit;
}

/** Permits taken from a shared bucket and not yet used, or until when the bucket was found empty. */
interface Lease {
  permits: number;
  emptyUntilMs: number;
  taking: Promise<void> | null;
}

export interface RateLimiter {
  /** Seconds until the next request is welcome, or null when this one is. Takes a permit then. */
  retryAfterSeconds(kind: keyof RateLimits, key: string): Promise<number | null>;
}

/** Each instance takes this part of a bucket at a time, so that most requests ask no one. */
const SHARE = 0.05;

/**
 * Rate limits that all function instances share through the ledger. An instance takes permits in small lots and spends
 * them without asking: one statement for a lot, and none while a bucket is known to be empty. A lot that an instance
 * does not spend is lost to the others, which makes the limit a little strict and never loose.
 */
export function createRateLimiter(ctx: Context, limits: RateLimits): RateLimiter {
  const leases = new LRUCache<string, Lease>({ max: 20_000, ttl: 60_000 });

  async function take(bucket: string, lease: Lease, limit: RateLimit): Promise<void> {
    const wanted = Math.max(1, Math.floor(limit.burst * SHARE));
    const { rows } = await sql<{ granted: number; retry_after: number }>`
      select granted, retry_after
      from take_permits(${bucket}, ${wanted}, ${limit.burst}, ${limit.perSecond}, ${ctx.now()})
    `.execute(ctx.db);
    const [taken] = rows;
    lease.permits += taken?.granted ?? 0;
    if (taken?.granted === 0) lease.emptyUntilMs = ctx.now().getTime() + taken.retry_after * 1_000;
  }

  return {
    async retryAfterSeconds(kind, key) {
      const bucket = `${kind} ${key}`;
      const lease = leases.get(bucket) ?? { permits: 0, emptyUntilMs: 0, taking: null };
      leases.set(bucket, lease);
      while (lease.permits < 1) {
        const waitMs = lease.emptyUntilMs - ctx.now().getTime();
        if (waitMs > 0) return waitMs / 1_000;
        lease.taking ??= take(bucket, lease, limits[kind]).finally(() => (lease.taking = null));
        await lease.taking;
      }
      lease.permits--;
      return null;
    },
  };
}
