import { sql } from "kysely";
import { cover, type Cover } from "#core/analytics/cover.ts";
import { addLatency, noLatency, type Latency } from "#core/analytics/histogram.ts";
import type { Span } from "#core/analytics/rollup.ts";
import type { Context } from "#core/context.ts";

/** What is counted, as `analytics_facts` (migrations/0021_analytics.sql) defines each. */
interface Counts {
  accepted: number;
  deliveries: number;
  delivered: number;
  failed: number;
  unsent: number;
  died: number;
}

export interface Figures extends Counts {
  readonly deliveryLatency: Latency;
  readonly endpointLatency: Latency;
}

export type GroupBy = "subscription" | "event_type";

/** What figures are asked for. */
export interface Selection {
  readonly applicationId: string;
  readonly subscriptionId?: string | undefined;
  readonly eventTypeName?: string | undefined;
  readonly since: Date;
  readonly until: Date;
}

/** Figures of a part of the time, and of one subscription or event type when they are grouped. */
export interface Row extends Counts {
  readonly at: Date;
  /** Empty without groups. */
  readonly key: string;
  /** Histograms, as text of their entries. */
  readonly delivery_entries: string;
  readonly endpoint_entries: string;
  /** In place of the histograms: the buckets of the percentiles. */
  readonly delivery_percentiles: string;
  readonly endpoint_percentiles: string;
}

export interface ReadOptions {
  readonly watermark: Date;
  readonly coarsest: Span;
  readonly groupBy?: GroupBy | undefined;
  /** Spares the histograms of rollups of this span: their percentiles are there. */
  readonly readAlone?: Span | undefined;
}

const ALL_SUBSCRIPTIONS = "00000000-0000-0000-0000-000000000000";

/** How far the ledger has been rolled up; the beginning of time before the first run. */
export async function rolledUpUntil(ctx: Context): Promise<Date> {
  const { rows } = await sql<{ until: Date }>`
    select greatest(rolled_up_until, 'epoch') as until from analytics_watermark
  `.execute(ctx.db);
  return rows[0]?.until ?? new Date(0);
}

/**
 * Figures of a time, from the fewest rollups (none coarser than that) and for what has not been rolled up from the ledger.
 * Counting on a watermark read before is right: what is behind it does not change.
 */
export async function readFigures(ctx: Context, selection: Selection, options: ReadOptions): Promise<Row[]> {
  const covered = cover(selection, options.watermark, options.coarsest);
  const [rolledUp, tail] = await Promise.all([
    selectRollups(ctx, selection, covered.pieces, options),
    covered.tail ? selectTail(ctx, { ...selection, ...covered.tail }, options.groupBy) : [],
  ]);
  return [...rolledUp, ...tail];
}

async function selectRollups(
  ctx: Context,
  { applicationId, subscriptionId, eventTypeName }: Selection,
  pieces: Cover["pieces"],
  { groupBy, readAlone }: ReadOptions,
): Promise<Row[]> {
  if (pieces.length === 0) return [];
  const subscription = subscriptionId
    ? sql`r.subscription_id = ${subscriptionId}`
    : groupBy === "subscription"
      ? sql`r.subscription_id <> ${ALL_SUBSCRIPTIONS}`
      : sql`r.subscription_id = ${ALL_SUBSCRIPTIONS}`;
  const eventType =
    eventTypeName !== undefined
      ? sql`r.event_type_name = ${eventTypeName}`
      : groupBy === "event_type"
        ? sql`r.event_type_name <> ''`
        : sql`r.event_type_name = ''`;
  const { rows } = await sql<Row>`
    select r.at, ${keyOf(groupBy)} as key, r.accepted::float8, r.deliveries::float8, r.delivered::float8,
      r.failed::float8, r.unsent::float8, r.died::float8,
      case when a.is_alone then '' else array_to_string(r.delivery_latency, ' ') end as delivery_entries,
      case when a.is_alone then '' else array_to_string(r.endpoint_latency, ' ') end as endpoint_entries,
      case when a.is_alone then array_to_string(r.delivery_percentiles, ' ') else '' end as delivery_percentiles,
      case when a.is_alone then array_to_string(r.endpoint_percentiles, ' ') else '' end as endpoint_percentiles
    from unnest(
      ${pieces.map(({ span }) => span)}::text[],
      ${pieces.map(({ since }) => since)}::timestamptz[],
      ${pieces.map(({ until }) => until)}::timestamptz[]
    ) as p (span, since, until)
    cross join lateral (
      select * from analytics_rollup r
      where r.application_id = ${applicationId} and r.span = p.span and r.at >= p.since and r.at < p.until
        and ${subscription} and ${eventType}
    ) r
    cross join lateral (select coalesce(p.span = ${readAlone ?? null}::text, false) as is_alone) a
  `.execute(ctx.db);
  return rows;
}

async function selectTail(
  ctx: Context,
  { applicationId, subscriptionId, eventTypeName, since, until }: Selection,
  groupBy: GroupBy | undefined,
): Promise<Row[]> {
  const conditions = [
    // An event belongs to no subscription.
    ...(groupBy === "subscription" ? [sql`r.subscription_id is not null`] : []),
    ...(subscriptionId ? [sql`r.subscription_id = ${subscriptionId}`] : []),
    ...(eventTypeName === undefined ? [] : [sql`r.event_type_name = ${eventTypeName}`]),
    sql`true`,
  ];
  const { rows } = await sql<Row>`
    select date_trunc('minute', r.at, 'UTC') as at, ${keyOf(groupBy)} as key, sum(r.accepted)::float8 as accepted,
      sum(r.deliveries)::float8 as deliveries, sum(r.delivered)::float8 as delivered, sum(r.failed)::float8 as failed,
      sum(r.unsent)::float8 as unsent, sum(r.died)::float8 as died,
      coalesce((256 * count(*) + r.delivery_bucket)::text, '') as delivery_entries,
      coalesce((256 * count(*) + r.endpoint_bucket)::text, '') as endpoint_entries,
      '' as delivery_percentiles, '' as endpoint_percentiles
    from analytics_facts(${applicationId}, ${since}, ${until}) r
    where ${sql.join(conditions, sql` and `)}
    group by 1, 2, r.delivery_bucket, r.endpoint_bucket
  `.execute(ctx.db);
  return rows;
}

function keyOf(groupBy: GroupBy | undefined) {
  switch (groupBy) {
    case "subscription":
      return sql`r.subscription_id::text`;
    case "event_type":
      return sql`r.event_type_name`;
    case undefined:
      return sql`''`;
  }
}

export const noFigures = (): Figures => ({
  accepted: 0,
  deliveries: 0,
  delivered: 0,
  failed: 0,
  unsent: 0,
  died: 0,
  deliveryLatency: noLatency(),
  endpointLatency: noLatency(),
});

/** The rows added up by what `keyOf` says of each. */
export function addUp<K>(rows: readonly Row[], keyOf: (row: Row) => K): Map<K, Figures> {
  const sums = new Map<K, Figures>();
  for (const row of rows) {
    const key = keyOf(row);
    let sum = sums.get(key);
    if (!sum) sums.set(key, (sum = noFigures()));
    sum.accepted += row.accepted;
    sum.deliveries += row.deliveries;
    sum.delivered += row.delivered;
    sum.failed += row.failed;
    sum.unsent += row.unsent;
    sum.died += row.died;
    addLatency(sum.deliveryLatency, row.delivery_entries, row.delivery_percentiles);
    addLatency(sum.endpointLatency, row.endpoint_entries, row.endpoint_percentiles);
  }
  return sums;
}
