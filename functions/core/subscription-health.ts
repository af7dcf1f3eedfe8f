import { sql } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { secondsAfter } from "#core/delivery/lease.ts";
import { Problem } from "#core/problem.ts";

export const SubscriptionHealth = v.object({
  subscription_id: v.string(),
  /** `failing` since its last answer was a failure; `paused` while nothing is sent; `disabled` by a person or by us. */
  state: v.picklist(["healthy", "failing", "paused", "disabled"]),
  disabled_reason: v.nullable(v.picklist(["gone", "failing"])),
  /** `slowed`: the endpoint said it is overloaded; `broken`: it only failed, and is probed when the pause ends. */
  pause_reason: v.nullable(v.picklist(["slowed", "broken"])),
  paused_until: v.nullable(v.date()),
  /** Failures since the last success, and since when. */
  failures: v.number(),
  failing_since: v.nullable(v.date()),
  /** Of the latest attempts of the last day, ten thousand at the most. */
  attempts: v.number(),
  success_rate: v.nullable(v.number()),
  latency_p50_ms: v.nullable(v.number()),
  latency_p95_ms: v.nullable(v.number()),
  latency_p99_ms: v.nullable(v.number()),
});
export type SubscriptionHealth = v.InferOutput<typeof SubscriptionHealth>;

type Row = Omit<SubscriptionHealth, "state"> & { is_enabled: boolean };

/** How a subscription's endpoint does, and why nothing is sent to it when nothing is. Throws NotFound. */
export async function get(
  ctx: Context,
  applicationId: string,
  subscriptionId: string,
): Promise<SubscriptionHealth> {
  const now = ctx.now();
  const { rows } = await sql<Row>`
    with latest as (
      select succeeded_at, response_elapsed_ms from request_attempt
      where application_id = ${applicationId} and subscription_id = ${subscriptionId}
        and created_at >= ${secondsAfter(now, -86_400)} and response_elapsed_ms is not null
      order by created_at desc limit 10000
    )
    select s.subscription_id, s.is_enabled, s.disabled_reason, h.pause_reason, h.paused_until,
      coalesce(h.failures, 0) as failures, h.failing_since, l.*
    from subscription s
    left join subscription_health h using (subscription_id)
    cross join (
      select count(*)::int as attempts,
        (count(succeeded_at)::float8 / nullif(count(*), 0)) as success_rate,
        percentile_disc(0.5) within group (order by response_elapsed_ms) as latency_p50_ms,
        percentile_disc(0.95) within group (order by response_elapsed_ms) as latency_p95_ms,
        percentile_disc(0.99) within group (order by response_elapsed_ms) as latency_p99_ms
      from latest
    ) l
    where s.application_id = ${applicationId} and s.subscription_id = ${subscriptionId} and s.deleted_at is null
  `.execute(ctx.db);
  const [row] = rows;
  if (!row) throw new Problem("NotFound");
  const { is_enabled: _, ...health } = row;
  return { ...health, state: stateOf(row) };
}

function stateOf({ is_enabled, pause_reason, failures }: Row): SubscriptionHealth["state"] {
  if (!is_enabled) return "disabled";
  if (pause_reason) return "paused";
  return failures > 0 ? "failing" : "healthy";
}
