/** As in `latency_bucket` (migrations/0021_analytics.sql). */
const GROWTH = 1.1;
const BUCKETS = 256;

/** Durations by bucket; or, of one rollup that is read alone, no more than the buckets of its percentiles. */
export interface Latency {
  readonly counts: Float64Array;
  percentileBuckets: readonly number[] | null;
}

export interface Percentiles {
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly p99_ms: number | null;
}

export const noLatency = (): Latency => ({ counts: new Float64Array(BUCKETS), percentileBuckets: null });

/** Adds what a row says: entries, each 256 times a count plus its bucket, or the buckets of its percentiles. */
export function addLatency(latency: Latency, entries: string, percentileBuckets: string): void {
  if (percentileBuckets !== "") latency.percentileBuckets = percentileBuckets.split(" ").map(Number);
  if (entries === "") return;
  for (const text of entries.split(" ")) {
    const entry = Number(text);
    const bucket = entry % BUCKETS;
    latency.counts[bucket] = (latency.counts[bucket] ?? 0) + (entry - bucket) / BUCKETS;
  }
}

/** In milliseconds, each within 5 % (or one millisecond) of the exact one; null when there is nothing. */
export function percentiles({ counts, percentileBuckets }: Latency): Percentiles {
  const [p50, p95, p99] = percentileBuckets ?? [0.5, 0.95, 0.99].map((share) => bucketAt(counts, share));
  return { p50_ms: middleMs(p50), p95_ms: middleMs(p95), p99_ms: middleMs(p99) };
}

function bucketAt(counts: Float64Array, share: number): number | undefined {
  const rank = share * counts.reduce((sum, count) => sum + count, 0);
  let upTo = 0;
  for (const [bucket, count] of counts.entries()) {
    upTo += count;
    if (count > 0 && upTo >= rank) return bucket;
  }
  return undefined;
}

/** What is at most 4.8 % from both ends of the bucket, to the tenth of a millisecond. */
function middleMs(bucket: number | undefined): number | null {
  if (bucket === undefined) return null;
  if (bucket === 0) return 1;
  return Math.round((20 * GROWTH ** bucket) / (1 + GROWTH)) / 10;
}
