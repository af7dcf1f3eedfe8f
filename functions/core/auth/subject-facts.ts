import type { Context } from "#core/context.ts";
import type { SubjectFacts } from "#core/auth/biscuit-code.ts";
import { canonicalSelector } from "#core/event-type-pattern.ts";

// What a token limited by label, event type or subscription is judged by. Of what is not there, nothing is stated: such
// a token cannot tell what does not exist from what it may not see. Only subscriptions can come to be about something
// else: within a transaction they stay what they are until it ends, so that what was judged is what is changed.

/** A live subscription's. */
export async function ofSubscription(
  ctx: Context,
  applicationId: string,
  subscriptionId: string | undefined,
): Promise<SubjectFacts> {
  if (subscriptionId === undefined) return {};
  const row = await ctx.db
    .selectFrom("subscription")
    .where("application_id", "=", applicationId)
    .where("subscription_id", "=", subscriptionId)
    .where("deleted_at", "is", null)
    .select(["labels", "event_types"])
    .$if(ctx.db.isTransaction, (query) => query.forNoKeyUpdate())
    .executeTakeFirst();
  return row
    ? { subscriptionId, labels: row.labels, eventTypeNames: row.event_types.map(canonicalSelector) }
    : {};
}

export async function ofEvent(ctx: Context, applicationId: string, eventId: string): Promise<SubjectFacts> {
  const row = await ctx.db
    .selectFrom("event")
    .where("application_id", "=", applicationId)
    .where("event_id", "=", eventId)
    .select(["labels", "event_type_name"])
    .executeTakeFirst();
  return row ? { labels: row.labels, eventTypeNames: [row.event_type_name] } : {};
}

/** Attempts have the labels of their subscriptions. Of several, what they have in common. */
export async function ofAttempts(
  ctx: Context,
  applicationId: string,
  attemptIds: readonly string[],
): Promise<SubjectFacts> {
  if (attemptIds.length === 0) return {};
  const rows = await ctx.db
    .selectFrom("request_attempt as a")
    .innerJoin("subscription as s", (join) =>
      join
        .onRef("s.application_id", "=", "a.application_id")
        .onRef("s.subscription_id", "=", "a.subscription_id"),
    )
    .where("a.application_id", "=", applicationId)
    .where("a.request_attempt_id", "in", attemptIds)
    .select(["a.subscription_id", "a.event_type_name", "s.labels"])
    // In one order, so that two requests never wait for each other.
    .$if(ctx.db.isTransaction, (query) => query.orderBy("s.subscription_id").forNoKeyUpdate("s"))
    .execute();
  const [first, ...others] = rows;
  if (!first) return {};
  const common = Object.entries(first.labels).filter(([key, value]) =>
    others.every(({ labels }) => labels[key] === value),
  );
  const subscriptionIds = new Set(rows.map((row) => row.subscription_id));
  return {
    subscriptionId: subscriptionIds.size === 1 ? first.subscription_id : undefined,
    labels: Object.fromEntries(common),
    eventTypeNames: [...new Set(rows.map((row) => row.event_type_name))],
  };
}

/** What a list, a count or a job is narrowed to, all at once. */
export interface SubjectFilter {
  readonly subscriptionId?: string | undefined;
  readonly eventTypeNames?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

export async function ofFilter(
  ctx: Context,
  applicationId: string,
  { subscriptionId, eventTypeNames, labels }: SubjectFilter,
): Promise<SubjectFacts> {
  const subscription = await ofSubscription(ctx, applicationId, subscriptionId);
  const isNarrowed = labels !== undefined || subscription.labels !== undefined;
  return {
    subscriptionId: subscription.subscriptionId,
    labels: isNarrowed ? { ...subscription.labels, ...labels } : undefined,
    eventTypeNames: eventTypeNames?.length ? eventTypeNames : undefined,
  };
}

export async function ofReplay(ctx: Context, applicationId: string, replayId: string): Promise<SubjectFacts> {
  const row = await ctx.db
    .selectFrom("replay")
    .where("application_id", "=", applicationId)
    .where("replay_id", "=", replayId)
    .select(["subscription_id", "event_type_names", "labels"])
    .executeTakeFirst();
  if (!row) return {};
  return ofFilter(ctx, applicationId, {
    subscriptionId: row.subscription_id ?? undefined,
    eventTypeNames: row.event_type_names ?? undefined,
    labels: row.labels ?? undefined,
  });
}

export async function ofErasure(
  ctx: Context,
  applicationId: string,
  erasureId: string,
): Promise<SubjectFacts> {
  const row = await ctx.db
    .selectFrom("erasure")
    .where("application_id", "=", applicationId)
    .where("erasure_id", "=", erasureId)
    .where("is_all_events", "=", false)
    .select("labels")
    .executeTakeFirst();
  return row?.labels ? { labels: row.labels } : {};
}
