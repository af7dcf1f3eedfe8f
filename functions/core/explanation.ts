import { sql, type RawBuilder } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { judgeDelivery, type DeliveryState } from "#core/explanation-of-delivery.ts";
import { fits } from "#core/event-type-pattern.ts";
import { Problem } from "#core/problem.ts";
import { EventTypeName, Labels, Uuid } from "#core/schema.ts";

export const HypotheticalEvent = v.object({
  application_id: Uuid,
  subscription_id: Uuid,
  event_type: EventTypeName,
  labels: Labels,
});
export type HypotheticalEvent = v.InferOutput<typeof HypotheticalEvent>;

const Rule = v.object({
  rule: v.picklist(["exists", "event_type", "labels", "enabled"]),
  passed: v.boolean(),
  words: v.string(),
});
type Rule = v.InferOutput<typeof Rule>;

export const Explanation = v.object({
  event_id: v.nullable(v.string()),
  subscription_id: v.string(),
  outcome: v.picklist([
    "delivered",
    "in_progress",
    "waiting",
    "dead",
    /** It fits the subscription as it is now, and nothing has been sent. */
    "matches",
    "does_not_match",
  ]),
  /** The answer, to be read out. */
  summary: v.string(),
  /** In the order in which they are asked, up to the first that does not hold. */
  rules: v.array(Rule),
  attempts: v.number(),
  /** When the next attempt is due, while there is one to come. */
  next_attempt_at: v.nullable(v.date()),
});
export type Explanation = v.InferOutput<typeof Explanation>;

interface Row extends DeliveryState {
  readonly event_type_name: string;
  readonly event_labels: Readonly<Record<string, string>>;
  readonly received_at: Date | null;
  readonly event_types: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly is_enabled: boolean;
  readonly disabled_reason: "gone" | "failing" | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly deleted_at: Date | null;
}

/** Why an event went to a subscription, or did not, and how far its delivery is. Throws NotFound. */
export function explain(
  ctx: Context,
  of: { readonly application_id: string; readonly subscription_id: string; readonly event_id: string },
): Promise<Explanation> {
  const event = sql`
    select event_id, event_type_name, labels, received_at from event
    where application_id = ${of.application_id} and event_id = ${of.event_id}`;
  return explainRow(ctx, of, event);
}

/** Whether an event like this would go to the subscription. Throws NotFound. */
export function explainHypothetical(ctx: Context, of: HypotheticalEvent): Promise<Explanation> {
  const event = sql`
    select null::uuid as event_id, ${of.event_type}::text as event_type_name,
      ${JSON.stringify(of.labels)}::jsonb as labels, null::timestamptz as received_at`;
  return explainRow(ctx, { ...of, event_id: null }, event);
}

async function explainRow(
  ctx: Context,
  of: { application_id: string; subscription_id: string; event_id: string | null },
  event: RawBuilder<unknown>,
): Promise<Explanation> {
  const { rows } = await sql<Row>`
    select e.event_type_name, e.labels as event_labels, e.received_at,
      s.event_types, s.labels, s.is_enabled, s.disabled_reason, s.created_at, s.updated_at, s.deleted_at,
      h.paused_until, h.pause_reason, a.*,
      (select count(*)::int from request_attempt t where t.application_id = ${of.application_id}
        and t.event_id = e.event_id and t.subscription_id = s.subscription_id) as attempts
    from (${event}) e
    join subscription s on s.application_id = ${of.application_id} and s.subscription_id = ${of.subscription_id}
    left join subscription_health h on h.subscription_id = s.subscription_id
    left join lateral (
      select t.retry_count, t.due_at, t.succeeded_at, t.failed_at, t.dead_at,
        t.lease_token is not null and t.enqueue_at > ${ctx.now()} as is_held,
        t.response_status, t.response_error_name, t.response_elapsed_ms
      from request_attempt t
      where t.application_id = ${of.application_id} and t.event_id = e.event_id
        and t.subscription_id = s.subscription_id
      -- What is under way before what has ended, and the latest.
      order by (t.succeeded_at is null and t.failed_at is null) desc, t.created_at desc, t.retry_count desc
      limit 1
    ) a on true
  `.execute(ctx.db);
  const [row] = rows;
  if (!row) throw new Problem("NotFound");
  return present(row, of.event_id, of.subscription_id, ctx.now());
}

function present(row: Row, event_id: string | null, subscription_id: string, now: Date): Explanation {
  const rules = judgeRules(row);
  const refusal = rules.find(({ passed }) => !passed);
  const delivery = judgeDelivery(row, now);
  const outcome = delivery?.outcome ?? (refusal ? "does_not_match" : "matches");
  return {
    event_id,
    subscription_id,
    outcome,
    summary: delivery?.words ?? (refusal ? `Not sent: ${refusal.words}` : matchWords(row, rules)),
    rules,
    attempts: row.attempts,
    next_attempt_at: outcome === "waiting" ? row.due_at : null,
  };
}

/** What a subscription asks of an event, in the order that a person would look. */
function judgeRules(row: Row): Rule[] {
  const rules: Rule[] = [];
  for (const judge of [judgeExistence, judgeEventType, judgeLabels, judgeEnabled]) {
    const rule = judge(row);
    rules.push(rule);
    if (!rule.passed) break;
  }
  return rules;
}

function judgeExistence({ deleted_at }: Row): Rule {
  const passed = deleted_at === null;
  const words = passed
    ? "The subscription exists."
    : `The subscription was deleted on ${deleted_at.toISOString()}.`;
  return { rule: "exists", passed, words };
}

function judgeEventType({ event_types, event_type_name: name }: Row): Rule {
  const selector = event_types.find((one) => fits(one, name));
  const words = selector
    ? `It asks for ${selector}, which ${selector === name ? "is the event's type" : `fits ${name}`}.`
    : `It asks for ${event_types.join(", ")}, and the event is of type ${name}.`;
  return { rule: "event_type", passed: selector !== undefined, words };
}

function judgeLabels({ labels, event_labels }: Row): Rule {
  const missing = Object.entries(labels).find(([key, value]) => event_labels[key] !== value);
  if (!missing) {
    const all = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    return {
      rule: "labels",
      passed: true,
      words: `The event has the labels it asks for: ${all.join(", ")}.`,
    };
  }
  const [key, value] = missing;
  const given = event_labels[key];
  const has = given === undefined ? `no label ${key}` : `${key}=${given}`;
  return {
    rule: "labels",
    passed: false,
    words: `It asks for the label ${key}=${value}, and the event has ${has}.`,
  };
}

function judgeEnabled({ is_enabled, disabled_reason: reason, updated_at }: Row): Rule {
  if (is_enabled) return { rule: "enabled", passed: true, words: "It is enabled." };
  const why = {
    gone: "because its endpoint said that it is gone (410)",
    failing: "because its endpoint did nothing but fail for too long",
  };
  const by = reason ? `Columba disabled it, ${why[reason]}` : "It is disabled";
  return { rule: "enabled", passed: false, words: `${by}; last changed on ${updated_at.toISOString()}.` };
}

/** Nothing was sent, and it would be now. */
function matchWords({ received_at, created_at, updated_at }: Row, rules: readonly Rule[]): string {
  const why = rules.map(({ words }) => words).join(" ");
  if (received_at === null) return `It would be sent. ${why}`;
  const came = `the event came on ${received_at.toISOString()}`;
  if (created_at > received_at)
    return `Not sent: ${came}, before the subscription was made on ${created_at.toISOString()}. It fits now: replay it to send it. ${why}`;
  if (updated_at > received_at)
    return `Not sent: ${came}, and the subscription was changed after that, on ${updated_at.toISOString()}. It fits now: replay it to send it. ${why}`;
  return `Not sent, or its attempts are no longer kept: ${came}. It fits: replay it to send it. ${why}`;
}
