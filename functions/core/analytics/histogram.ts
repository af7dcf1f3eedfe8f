/** Counts by bucket, as `latency_bucket` of the ledger makes them. Histograms add up by their buckets. */
export type Histogram = ReadonlyMap<number, number>;

/** As in `latency_bucket` (migrations/0021_analytics.sql). */
const GROWTH = 1.1;
const COUNT_FACTOR = 256;

/** From the text of entries, each 256 times a count plus its bucket. */
export function addEntries(histogram: Map<number, number>, entries: string): void {
  if (entries === "") return;
  for (const text of entries.split(" ")) {
    const entry = Number(text);
    const bucket = entry % COUNT_FACTOR;
    histogram.set(bucket, (histogram.get(bucket) ?? 0) + (entry - bucket) / COUNT_FACTOR);
  }
}

export interface Percentiles {
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly p99_ms: number | null;
}

/** In milliseconds, each within 5 % (or half a millisecond) of the exact one; null when there is nothing. */
export function percentiles(histogram: Histogram): Percentiles {
  const buckets = [...histogram].sort(([one], [other]) => one - other);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  const at = (share: number): number | null => {
    let rank = Math.max(1, Math.ceil(share * total));
    for (const [bucket, count] of buckets) {
      if (rank <= count) return middleMs(bucket);
      rank -= count;
    }
    return null;
  };
  return { p50_ms: at(0.5), p95_ms: at(0.95), p99_ms: at(0.99) };
}

/** What is at most 4.8 % from both ends of the bucket, to the tenth of a millisecond. */
function middleMs(bucket: number): number {
  if (bucket === 0) return 1;
  return Math.round((20 * GROWTH ** bucket) / (1 + GROWTH)) / 10;
}
