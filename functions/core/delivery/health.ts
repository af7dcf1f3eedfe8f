import { sql, type Transaction } from "kysely";
import type { Tables } from "#core/db/tables.ts";
import { retryAfterSeconds } from "#core/delivery/backoff.ts";
import type { Claimed } from "#core/delivery/claim.ts";
import { secondsAfter, type DeliveryName, type LeaseContext } from "#core/delivery/lease.ts";
import type { Answer } from "#core/delivery/send.ts";
import { emit, OPERATIONAL_SERVICE } from "#core/operational-event.ts";
import { disable, type DisabledReason } from "#core/subscription-disabling.ts";

export interface HealthSettings {
  /** After so long of nothing but failures a subscription is disabled. */
  readonly disableAfterSeconds: number;
  /** An unbroken run of this many failures, over a minute, opens the circuit. */
  readonly pauseAfterFailures: number;
}

/** An attempt that has been recorded. `answer` is null when nothing was sent. */
export interface Recorded {
  readonly attempt: Claimed;
  readonly answer: Answer | null;
  readonly isDead: boolean;
}

const BREAK_AFTER_SECONDS = 60;
const PAUSE_SECONDS = 60;
const PAUSE_SECONDS_MAX = 900;
/** An endpoint that says it is overloaded is left alone for this long, or for as long as it asks, in bounds. */
const SLOW_SECONDS = 5;
const SLOW_SECONDS_MAX = 600;
const OVERLOAD_STATUSES: ReadonlySet<number | null> = new Set([429, 502, 504]);

interface Health {
  readonly failures: number;
  readonly failing_since: Date;
  readonly pauses: number;
}

/** What is to be done about an endpoint after a failure. */
type Verdict =
  | { readonly kind: "disable"; readonly reason: DisabledReason }
  | { readonly kind: "pause"; readonly reason: "slowed" | "broken"; readonly until: Date }
  | { readonly kind: "nothing" };

/** Decides by the last answer and by how long and how often the endpoint has failed, this failure included. */
export function judge(health: Health, answer: Answer, settings: HealthSettings, now: Date): Verdict {
  if (answer.status === 410) return { kind: "disable", reason: "gone" };
  const failingSeconds = (now.getTime() - health.failing_since.getTime()) / 1_000;
  if (failingSeconds >= settings.disableAfterSeconds) return { kind: "disable", reason: "failing" };
  if (health.failures >= settings.pauseAfterFailures && failingSeconds >= BREAK_AFTER_SECONDS) {
    const seconds = Math.min(PAUSE_SECONDS * 2 ** health.pauses, PAUSE_SECONDS_MAX);
    return { kind: "pause", reason: "broken", until: secondsAfter(now, seconds) };
  }
  if (!OVERLOAD_STATUSES.has(answer.status)) return { kind: "nothing" };
  const asked = retryAfterSeconds(answer.headers?.["retry-after"], now);
  const seconds = Math.min(Math.max(asked, SLOW_SECONDS), SLOW_SECONDS_MAX);
  return { kind: "pause", reason: "slowed", until: secondsAfter(now, seconds) };
}

/**
 * Notes how the endpoints did, and acts on it: pauses one that is overloaded or down, disables one that is gone or has
 * only failed for too long, resumes one that answers again; tells by operational events. A batch in which every endpoint
 * is well, and was, costs nothing. Returns the deliveries of those events, to be enqueued.
 */
export async function noteHealth(
  ctx: LeaseContext & { readonly health: HealthSettings },
  recorded: readonly Recorded[],
): Promise<DeliveryName[]> {
  const told: DeliveryName[] = [];
  const bySubscription = Map.groupBy(recorded, ({ attempt }) => attempt.name.subscription_id);
  for (const results of bySubscription.values()) {
    const sent = results.filter(({ answer }) => answer !== null);
    const failures = sent.filter(({ answer }) => answer?.errorName !== null);
    const wasFailing = sent.some(({ attempt }) => attempt.is_failing);
    const dead = results.filter(({ isDead }) => isDead);
    if (failures.length === 0 && !wasFailing && dead.length === 0) continue;
    const emitted = await ctx.db.transaction().execute(async (tx) => {
      const succeeded = failures.length < sent.length;
      const name = results[0]?.attempt.name;
      if (!name) return [];
      const news: DeliveryName[] = [];
      if (succeeded) news.push(...(await recover(ctx, tx, name)));
      else if (failures.length > 0) news.push(...(await fail(ctx, tx, name, failures)));
      for (const { attempt } of dead) news.push(...(await tellDeath(ctx, tx, attempt)));
      return news;
    });
    told.push(...emitted);
  }
  return told;
}

async function recover(
  ctx: LeaseContext,
  tx: Transaction<Tables>,
  name: DeliveryName,
): Promise<DeliveryName[]> {
  const { rows } = await sql<{ pause_reason: string | null }>`
    delete from subscription_health where subscription_id = ${name.subscription_id} returning pause_reason
  `.execute(tx);
  if (rows[0]?.pause_reason !== "broken") return [];
  return emit(ctx, tx, name.application_id, "columba.subscription.recovered", {
    subscription_id: name.subscription_id,
  });
}

async function fail(
  ctx: LeaseContext & { readonly health: HealthSettings },
  tx: Transaction<Tables>,
  name: DeliveryName,
  failures: readonly Recorded[],
): Promise<DeliveryName[]> {
  const now = ctx.now();
  const { rows } = await sql<Health>`
    insert into subscription_health as h (subscription_id, failures, failing_since)
    values (${name.subscription_id}, ${failures.length}, ${now})
    on conflict (subscription_id) do update set
      failures = h.failures + excluded.failures, failing_since = coalesce(h.failing_since, excluded.failing_since)
    returning failures, failing_since, pauses
  `.execute(tx);
  const [health] = rows;
  const answer =
    failures.find((failure) => failure.answer?.status === 410)?.answer ?? failures.at(-1)?.answer;
  if (!health || !answer) return [];
  const verdict = judge(health, answer, ctx.health, now);
  if (verdict.kind === "pause") {
    await tx
      .updateTable("subscription_health")
      .set({ paused_until: verdict.until, pause_reason: verdict.reason, pauses: health.pauses + 1 })
      .where("subscription_id", "=", name.subscription_id)
      .execute();
  }
  if (verdict.kind !== "disable") return [];
  const of = { applicationId: name.application_id, subscriptionId: name.subscription_id };
  if (!(await disable(ctx, tx, of, verdict.reason))) return [];
  return emit(ctx, tx, name.application_id, "columba.subscription.disabled", {
    subscription_id: name.subscription_id,
    reason: verdict.reason,
  });
}

/** Not of operational events themselves: their own deaths would never end. */
async function tellDeath(
  ctx: LeaseContext,
  tx: Transaction<Tables>,
  attempt: Claimed,
): Promise<DeliveryName[]> {
  if (attempt.event_type_name.startsWith(`${OPERATIONAL_SERVICE}.`)) return [];
  return emit(ctx, tx, attempt.name.application_id, "columba.delivery.dead", {
    subscription_id: attempt.name.subscription_id,
    event_id: attempt.event_id,
    event_type: attempt.event_type_name,
    request_attempt_id: attempt.request_attempt_id,
  });
}
