import * as v from "valibot";
import { startOf } from "#core/analytics/cover.ts";
import { addUp, noFigures, readFigures, rolledUpUntil, type Row } from "#core/analytics/figures.ts";
import { percentiles } from "#core/analytics/histogram.ts";
import type { Span } from "#core/analytics/rollup.ts";
import { readStanding } from "#core/analytics/standing.ts";
import type { Context } from "#core/context.ts";
import { Uuid } from "#core/schema.ts";

/** What a chart of the period shows: so many bars, of so many minutes, hours or days each. */
const PERIODS = {
  "1h": { by: "minute", bars: 30, spanMs: 120_000 },
  "24h": { by: "hour", bars: 24, spanMs: 3_600_000 },
  "7d": { by: "hour", bars: 28, spanMs: 21_600_000 },
  "30d": { by: "day", bars: 30, spanMs: 86_400_000 },
} as const satisfies Record<string, { by: Span; bars: number; spanMs: number }>;

export const StatisticsQuery = v.object({
  application_id: Uuid,
  subscription_id: v.optional(Uuid),
  period: v.optional(v.picklist(["1h", "24h", "7d", "30d"], "must be 1h, 24h, 7d or 30d"), "24h"),
});
export type StatisticsQuery = v.InferOutput<typeof StatisticsQuery>;

const Counts = { delivered: v.number(), failed: v.number() };
const Bucket = v.object({ at: v.date(), ...Counts });
const SubscriptionStatistics = v.object({
  subscription_id: v.string(),
  ...Counts,
  waiting: v.number(),
  buckets: v.array(Bucket),
});

/** Counts are of attempts: a delivery that took three tries is two failed and one delivered. */
export const DeliveryStatistics = v.object({
  since: v.date(),
  until: v.date(),
  ...Counts,
  /** Open attempts of whatever age. */
  waiting: v.number(),
  oldest_waiting_at: v.nullable(v.date()),
  /** Time that endpoints took to answer. */
  latency_p50_ms: v.nullable(v.number()),
  latency_p95_ms: v.nullable(v.number()),
  /** Equal parts of the period, oldest first; the last is the one that goes on. */
  buckets: v.array(Bucket),
  /** Those with attempts in the period or waiting ones, most failures first. */
  subscriptions: v.array(SubscriptionStatistics),
});
export type DeliveryStatistics = v.InferOutput<typeof DeliveryStatistics>;
type SubscriptionStatistics = v.InferOutput<typeof SubscriptionStatistics>;

/**
 * How an application's deliveries, or those of one of its subscriptions, fared in the period that ends now. It begins with
 * its first whole part.
 */
export async function read(ctx: Context, query: StatisticsQuery): Promise<DeliveryStatistics> {
  const { by, bars, spanMs } = PERIODS[query.period];
  const now = ctx.now();
  const last = Math.floor(now.getTime() / spanMs) * spanMs;
  const times = Array.from({ length: bars }, (_, index) => last - (bars - 1 - index) * spanMs);
  const since = startOf(by, new Date(times[0] ?? last));
  const selection = {
    applicationId: query.application_id,
    subscriptionId: query.subscription_id,
    since,
    until: new Date(now.getTime() + 1),
  };
  const watermark = await rolledUpUntil(ctx);
  const [rows, totalRows, standing] = await Promise.all([
    readFigures(ctx, selection, { watermark, coarsest: by, groupBy: "subscription", readAlone: by }),
    readFigures(ctx, selection, { watermark, coarsest: "day" }),
    readStanding(ctx, selection, "subscription"),
  ]);
  const spread = (some: readonly Row[]) => {
    const sums = addUp(some, (row) => Math.floor(row.at.getTime() / spanMs) * spanMs);
    return times.map((at) => ({ at: new Date(at), ...counts(sums.get(at)) }));
  };
  const total = addUp(totalRows, () => null).get(null) ?? noFigures();
  const latency = percentiles(total.endpointLatency);
  const oldest = standing.flatMap(({ oldest_waiting_at: at }) => (at ? [at.getTime()] : []));
  const bySubscription = Map.groupBy(rows, (row) => row.key);
  const waiting = new Map(standing.map((row) => [row.key, row.waiting]));
  const subscriptionIds = [...new Set([...bySubscription.keys(), ...waiting.keys()])];
  const subscriptions = subscriptionIds.map((subscription_id): SubscriptionStatistics => {
    const own = bySubscription.get(subscription_id) ?? [];
    return {
      subscription_id,
      ...counts(addUp(own, () => null).get(null)),
      waiting: waiting.get(subscription_id) ?? 0,
      buckets: spread(own),
    };
  });
  return {
    since,
    until: now,
    ...counts(total),
    waiting: standing.reduce((sum, row) => sum + row.waiting, 0),
    oldest_waiting_at: oldest.length > 0 ? new Date(Math.min(...oldest)) : null,
    latency_p50_ms: latency.p50_ms,
    latency_p95_ms: latency.p95_ms,
    buckets: spread(rows),
    subscriptions: subscriptions.sort((a, b) => b.failed - a.failed || b.delivered - a.delivered),
  };
}

/** Every attempt that ended otherwise than in a 2xx has failed here, sent or not. */
const counts = ({ delivered, failed, unsent } = noFigures()) => ({ delivered, failed: failed + unsent });
