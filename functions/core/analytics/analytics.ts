import * as v from "valibot";
import { SPAN_MS, startOf } from "#core/analytics/cover.ts";
import {
  addUp,
  noFigures,
  readFigures,
  rolledUpUntil,
  type Figures,
  type Selection,
} from "#core/analytics/figures.ts";
import { percentiles } from "#core/analytics/histogram.ts";
import type { Span } from "#core/analytics/rollup.ts";
import { nothingStanding, readStanding, type Standing } from "#core/analytics/standing.ts";
import type { Context } from "#core/context.ts";
import { Problem } from "#core/problem.ts";
import { EventTypeName, Instant, Uuid } from "#core/schema.ts";

export const AnalyticsQuery = v.object({
  application_id: Uuid,
  subscription_id: v.optional(Uuid),
  event_type: v.optional(EventTypeName),
  /** A day, a month or a year can be looked back on. */
  by: v.optional(v.picklist(["minute", "hour", "day"], "must be minute, hour or day"), "hour"),
  from: v.optional(Instant),
  to: v.optional(Instant),
  group_by: v.optional(v.picklist(["subscription", "event_type"], "must be subscription or event_type")),
});
export type AnalyticsQuery = v.InferOutput<typeof AnalyticsQuery>;

const PercentilesSchema = v.object({
  p50_ms: v.nullable(v.number()),
  p95_ms: v.nullable(v.number()),
  p99_ms: v.nullable(v.number()),
});
const FiguresSchema = {
  /** Events accepted; of a subscription, deliveries to it begun. */
  accepted: v.number(),
  /** Attempts that ended in a 2xx. */
  delivered: v.number(),
  /** Attempts that ended otherwise. */
  failed: v.number(),
  /** Attempts that ended without a request, because their subscription was disabled or deleted. */
  unsent: v.number(),
  /** Deliveries given up, whether or not they were sent again later. */
  dead: v.number(),
  /** Of delivered and failed, the share that failed; null when there were none. */
  error_rate: v.nullable(v.number()),
  /** From the beginning of a delivery to its 2xx, retries included. */
  delivery_latency: PercentilesSchema,
  /** From a request to the endpoint's answer. */
  endpoint_latency: PercentilesSchema,
};
const StandingSchema = {
  /** Open attempts now, of whatever age. */
  waiting: v.number(),
  oldest_waiting_at: v.nullable(v.date()),
  /** Deliveries given up and not sent again, now. */
  dead_letters: v.number(),
};

export const Analytics = v.object({
  by: v.picklist(["minute", "hour", "day"]),
  from: v.date(),
  to: v.date(),
  total: v.object({ ...FiguresSchema, ...StandingSchema }),
  /** Minutes, hours or days (UTC) by their start, oldest first; those in which nothing happened are left out. */
  points: v.array(v.object({ at: v.date(), ...FiguresSchema })),
  /** With `group_by`, those with something in the time or something open now, most failures first; else empty. */
  groups: v.array(
    v.object({
      subscription_id: v.nullable(v.string()),
      event_type: v.nullable(v.string()),
      ...FiguresSchema,
      ...StandingSchema,
    }),
  ),
});
export type Analytics = v.InferOutput<typeof Analytics>;

/** What can be looked back on, from the start of that span on: rollups cover it with few rows. */
const RANGES: Readonly<Record<Span, { readonly seconds: number; readonly from: Span }>> = {
  minute: { seconds: 86_400, from: "hour" },
  hour: { seconds: 31 * 86_400, from: "day" },
  day: { seconds: 366 * 86_400, from: "day" },
};

/** An application's traffic, or that of one of its subscriptions or event types. Throws InvalidDateRange. */
export async function read(ctx: Context, query: AnalyticsQuery): Promise<Analytics> {
  const { by, group_by } = query;
  const now = ctx.now();
  const selection = select(now, query);
  const isOfSubscription = query.subscription_id !== undefined;
  const watermark = await rolledUpUntil(ctx);
  const [rows, totalRows, [standing], groupRows, groupStandings] = await Promise.all([
    readFigures(ctx, selection, { watermark, coarsest: by, readAlone: by }),
    readFigures(ctx, selection, { watermark, coarsest: "day" }),
    readStanding(ctx, selection),
    group_by ? readFigures(ctx, selection, { watermark, coarsest: "day", groupBy: group_by }) : [],
    group_by ? readStanding(ctx, selection, group_by) : [],
  ]);
  const points = [...addUp(rows, (row) => startOf(by, row.at).getTime())].sort(
    ([one], [other]) => one - other,
  );
  const total = addUp(totalRows, () => null).get(null) ?? noFigures();
  const groups = addUp(groupRows, (row) => row.key);
  const standings = new Map(groupStandings.map((row) => [row.key, row]));
  const keys = [...new Set([...groups.keys(), ...standings.keys()])];
  const isBySubscription = group_by === "subscription";
  return {
    by,
    from: selection.since,
    to: selection.until < now ? selection.until : now,
    total: { ...present(total, isOfSubscription), ...presentStanding(standing) },
    points: points.map(([at, figures]) => ({ at: new Date(at), ...present(figures, isOfSubscription) })),
    groups: keys
      .map((key) => ({
        subscription_id: isBySubscription ? key : (query.subscription_id ?? null),
        event_type: isBySubscription ? (query.event_type ?? null) : key,
        ...present(groups.get(key) ?? noFigures(), isBySubscription || isOfSubscription),
        ...presentStanding(standings.get(key)),
      }))
      .sort((one, other) => other.failed - one.failed || other.delivered - one.delivered),
  };
}

/** The time that is asked about, widened to whole spans but for its end now. */
function select(now: Date, query: AnalyticsQuery): Selection {
  const { seconds, from } = RANGES[query.by];
  const earliest = startOf(from, new Date(now.getTime() - seconds * 1_000));
  const since = startOf(query.by, query.from ?? earliest);
  const end =
    query.to && new Date(startOf(query.by, new Date(query.to.getTime() - 1)).getTime() + SPAN_MS[query.by]);
  // What is written at this very moment is of the past, too.
  const until = end && end < now ? end : new Date(now.getTime() + 1);
  if (since >= until) throw new Problem("InvalidDateRange", "from: must be before `to` and before now");
  if (since < earliest) {
    throw new Problem(
      "InvalidDateRange",
      `from: must not be before ${earliest.toISOString()} by ${query.by}`,
    );
  }
  return {
    applicationId: query.application_id,
    subscriptionId: query.subscription_id,
    eventTypeName: query.event_type,
    since,
    until,
  };
}

function present(figures: Figures, isOfSubscription: boolean) {
  const { accepted, deliveries, delivered, failed, unsent, died, deliveryLatency, endpointLatency } = figures;
  return {
    accepted: isOfSubscription ? deliveries : accepted,
    delivered,
    failed,
    unsent,
    dead: died,
    error_rate: delivered + failed === 0 ? null : failed / (delivered + failed),
    delivery_latency: percentiles(deliveryLatency),
    endpoint_latency: percentiles(endpointLatency),
  };
}

function presentStanding({ waiting, oldest_waiting_at, dead_letters }: Standing = nothingStanding) {
  return { waiting, oldest_waiting_at, dead_letters };
}
