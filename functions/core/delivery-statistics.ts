import { sql } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { secondsAfter } from "#core/delivery/lease.ts";
import { Uuid } from "#core/schema.ts";

const PERIODS = { "1h": 3_600, "24h": 86_400, "7d": 604_800, "30d": 2_592_000 } as const;
const BUCKETS = 24;

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
  /** Twenty-four equal parts of the period, oldest first. */
  buckets: v.array(Bucket),
  /** Those with attempts in the period or waiting ones, most failures first. */
  subscriptions: v.array(SubscriptionStatistics),
});
export type DeliveryStatistics = v.InferOutput<typeof DeliveryStatistics>;
type SubscriptionStatistics = v.InferOutput<typeof SubscriptionStatistics>;

interface Cell {
  readonly subscription_id: string;
  readonly bucket: number;
  readonly delivered: number;
  readonly failed: number;
}

/** How an application's deliveries, or those of one of its subscriptions, fared in the period that ends now. */
export async function read(ctx: Context, query: StatisticsQuery): Promise<DeliveryStatistics> {
  const until = ctx.now();
  const seconds = PERIODS[query.period];
  const since = secondsAfter(until, -seconds);
  const [cells, waiting, latency] = await Promise.all([
    selectCells(ctx, query, since, seconds / BUCKETS),
    selectWaiting(ctx, query),
    selectLatency(ctx, query, since),
  ]);
  const bucketTimes = Array.from({ length: BUCKETS }, (_, index) =>
    secondsAfter(since, (index * seconds) / BUCKETS),
  );
  const subscriptionIds = new Set([...cells, ...waiting].map((row) => row.subscription_id));
  const subscriptions = [...subscriptionIds].map((subscription_id): SubscriptionStatistics => {
    const own = cells.filter((cell) => cell.subscription_id === subscription_id);
    const open = waiting.find((row) => row.subscription_id === subscription_id);
    return { subscription_id, ...total(own), waiting: open?.waiting ?? 0, buckets: spread(own, bucketTimes) };
  });
  const oldest = waiting.map((row) => row.oldest_at.getTime());
  return {
    since,
    until,
    ...total(cells),
    waiting: waiting.reduce((sum, row) => sum + row.waiting, 0),
    oldest_waiting_at: oldest.length > 0 ? new Date(Math.min(...oldest)) : null,
    latency_p50_ms: latency?.p50 ?? null,
    latency_p95_ms: latency?.p95 ?? null,
    buckets: spread(cells, bucketTimes),
    subscriptions: subscriptions.sort((a, b) => b.failed - a.failed || b.delivered - a.delivered),
  };
}

function spread(cells: readonly Cell[], times: readonly Date[]) {
  return times.map((at, index) => ({ at, ...total(cells.filter((cell) => cell.bucket === index)) }));
}

function total(cells: readonly Cell[]) {
  return {
    delivered: cells.reduce((sum, cell) => sum + cell.delivered, 0),
    failed: cells.reduce((sum, cell) => sum + cell.failed, 0),
  };
}

async function selectCells(ctx: Context, query: StatisticsQuery, since: Date, bucketSeconds: number) {
  const { rows } = await sql<Cell>`
    select subscription_id,
      least(${BUCKETS - 1}, floor(extract(epoch from created_at - ${since}::timestamptz) / ${bucketSeconds}::float8))::int
        as bucket,
      (count(*) filter (where succeeded_at is not null))::int as delivered,
      (count(*) filter (where failed_at is not null))::int as failed
    from request_attempt
    where application_id = ${query.application_id} and created_at >= ${since}
      and (succeeded_at is not null or failed_at is not null)
      and ${ofSubscription(query)}
    group by subscription_id, bucket
  `.execute(ctx.db);
  return rows;
}

async function selectWaiting(ctx: Context, query: StatisticsQuery) {
  const { rows } = await sql<{ subscription_id: string; waiting: number; oldest_at: Date }>`
    select subscription_id, count(*)::int as waiting, min(created_at) as oldest_at
    from request_attempt
    where application_id = ${query.application_id} and succeeded_at is null and failed_at is null
      and ${ofSubscription(query)}
    group by subscription_id
  `.execute(ctx.db);
  return rows;
}

async function selectLatency(ctx: Context, query: StatisticsQuery, since: Date) {
  const { rows } = await sql<{ p50: number | null; p95: number | null }>`
    select percentile_disc(0.5) within group (order by response_elapsed_ms) as p50,
      percentile_disc(0.95) within group (order by response_elapsed_ms) as p95
    from request_attempt
    where application_id = ${query.application_id} and created_at >= ${since} and response_status is not null
      and ${ofSubscription(query)}
  `.execute(ctx.db);
  return rows[0];
}

function ofSubscription({ subscription_id }: StatisticsQuery) {
  return subscription_id ? sql`subscription_id = ${subscription_id}` : sql`true`;
}
