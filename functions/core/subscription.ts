import { sql, type Transaction } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { inTransaction } from "#core/db/transaction.ts";
import type { Tables } from "#core/db/tables.ts";
import { RetryPolicy } from "#core/delivery/retry-policy.ts";
import * as EventType from "#core/event-type.ts";
import { isPattern } from "#core/event-type-pattern.ts";
import { Problem } from "#core/problem.ts";
import { requireRoom, type QuotaContext } from "#core/quota.ts";
import { abandonAttempts } from "#core/request-attempt.ts";
import { addRoutes, removeRoutes } from "#core/subscription-route.ts";
import { EventTypeSelector, LabelFilter, Labels, Metadata, text, Uuid } from "#core/schema.ts";
import { SignatureForms } from "#core/signature-form.ts";
import * as SigningKey from "#core/signing-key.ts";
import { requirePublicTarget, Target } from "#core/target.ts";

export interface SubscriptionContext extends QuotaContext {
  /** Whether targets on this machine and on private networks are refused. */
  readonly publicTargetsOnly: boolean;
}

const whole = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return v.pipe(v.number(), v.integer(message), v.minValue(min, message), v.maxValue(max, message));
};
const legacyLabel = text(1, 100);

export const SubscriptionPost = v.object({
  application_id: Uuid,
  is_enabled: v.boolean(),
  event_types: v.pipe(
    v.array(EventTypeSelector),
    v.minLength(1, "must have 1 to 100 entries"),
    v.maxLength(100, "must have 1 to 100 entries"),
    v.check((names) => new Set(names).size === names.length, "must not repeat an event type"),
    v.description("Names of event types, or patterns: `*` stands for one part, `**` for one or more"),
    v.examples([["shop.order.paid", "order.*.paid", "user.**"]]),
  ),
  description: v.nullish(text(1, 100), null),
  metadata: v.nullish(Metadata, {}),
  labels: v.nullish(Labels, null),
  label_key: v.nullish(legacyLabel, null),
  label_value: v.nullish(legacyLabel, null),
  target: Target,
  signatures: v.nullish(SignatureForms, ["hook0"]),
  /** Null, for each of these: as the instance does. */
  retry_policy: v.nullish(RetryPolicy, null),
  timeout_seconds: v.nullish(whole(1, 30), null),
  rate_limit_per_second: v.nullish(whole(1, 1_000), null),
  concurrency_limit: v.nullish(whole(1, 1_000), null),
  /** Whether requests carry the W3C trace context that the event came with. */
  forward_trace_context: v.nullish(v.boolean(), false),
  dedicated_workers: v.nullish(
    v.pipe(v.array(text(1, 100)), v.maxLength(20, "must have 1 to 20 entries")),
    [],
  ),
});
export type SubscriptionPost = v.InferOutput<typeof SubscriptionPost>;

const StringMap = v.record(v.string(), v.string());
export const Subscription = v.object({
  application_id: v.string(),
  subscription_id: v.string(),
  is_enabled: v.boolean(),
  event_types: v.array(v.string()),
  description: v.nullable(v.string()),
  secret: v.string(),
  signatures: SignatureForms,
  standard_secret: v.string(),
  previous_secrets_until: v.nullable(v.date()),
  metadata: StringMap,
  label_key: v.string(),
  label_value: v.string(),
  labels: StringMap,
  target: v.object({ type: v.string(), method: v.string(), url: v.string(), headers: StringMap }),
  retry_policy: v.nullable(RetryPolicy),
  timeout_seconds: v.nullable(v.number()),
  rate_limit_per_second: v.nullable(v.number()),
  concurrency_limit: v.nullable(v.number()),
  forward_trace_context: v.boolean(),
  /** Why Columba disabled it, when it did: the endpoint said it is gone, or did nothing but fail. */
  disabled_reason: v.nullable(v.picklist(["gone", "failing"])),
  created_at: v.date(),
  updated_at: v.date(),
  dedicated_workers: v.array(v.string()),
});
export type Subscription = v.InferOutput<typeof Subscription>;

const columns = [
  "application_id",
  "subscription_id",
  "is_enabled",
  "event_types",
  "description",
  "secret",
  "signatures",
  "standard_secret",
  "previous_secrets_until",
  "metadata",
  "labels",
  "target_method",
  "target_url",
  "target_headers",
  "retry_policy",
  "timeout_seconds",
  "rate_limit_per_second",
  "concurrency_limit",
  "forward_trace_context",
  "disabled_reason",
  "created_at",
  "updated_at",
] as const;

export const SubscriptionQuery = v.object({ application_id: Uuid, label: v.optional(LabelFilter) });
export type SubscriptionQuery = v.InferOutput<typeof SubscriptionQuery>;

/** Live subscriptions of an application, or those that carry these labels, oldest first. */
export async function list(
  ctx: Context,
  { application_id, label }: SubscriptionQuery,
): Promise<Subscription[]> {
  let rows = ctx.db
    .selectFrom("subscription")
    .where("application_id", "=", application_id)
    .where("deleted_at", "is", null)
    .orderBy("created_at")
    .select(columns);
  if (label) rows = rows.where(sql<boolean>`labels @> ${JSON.stringify(label)}::jsonb`);
  return (await rows.execute()).map(present);
}

/** Throws NotFound. */
export async function get(
  ctx: Context,
  applicationId: string,
  subscriptionId: string,
): Promise<Subscription> {
  const row = await ctx.db
    .selectFrom("subscription")
    .where("application_id", "=", applicationId)
    .where("subscription_id", "=", subscriptionId)
    .where("deleted_at", "is", null)
    .select(columns)
    .executeTakeFirst();
  if (!row) throw new Problem("NotFound");
  return present(row);
}

/** The live application that a live subscription is of, with its organization; null when there is none. */
export async function ownerOf(
  ctx: Context,
  subscriptionId: string,
): Promise<{ applicationId: string; organizationId: string } | null> {
  const row = await ctx.db
    .selectFrom("subscription as s")
    .innerJoin("application as a", "a.application_id", "s.application_id")
    .where("s.subscription_id", "=", subscriptionId)
    .where("s.deleted_at", "is", null)
    .where("a.deleted_at", "is", null)
    .select(["a.application_id as applicationId", "a.organization_id as organizationId"])
    .executeTakeFirst();
  return row ?? null;
}

/** Throws LabelsAmbiguity, EventTypeDoesNotExist, UnauthorizedWorkers or TooManySubscriptionsPerApplication. */
export async function create(ctx: SubscriptionContext, input: SubscriptionPost): Promise<Subscription> {
  const values = await valuesOf(ctx, input);
  const created_at = ctx.now();
  return inTransaction(ctx, async (tx) => {
    await requireRoom(ctx, tx, "subscriptions", input.application_id);
    const row = await tx
      .insertInto("subscription")
      .values({ ...values, application_id: input.application_id, created_at, updated_at: created_at })
      .returning(columns)
      .executeTakeFirstOrThrow();
    if (row.is_enabled) await addRoutes(tx, row);
    return present(row);
  });
}

/**
 * Replaces a subscription. Disabling it ends its open attempts as failed; enabling it again does not bring them back.
 * Throws NotFound, LabelsAmbiguity, EventTypeDoesNotExist or UnauthorizedWorkers.
 */
export async function replace(
  ctx: SubscriptionContext,
  subscriptionId: string,
  input: SubscriptionPost,
): Promise<Subscription> {
  const values = await valuesOf(ctx, input);
  const updated_at = ctx.now();
  return inTransaction(ctx, async (tx) => {
    const row = await tx
      .updateTable("subscription")
      .set({ ...values, disabled_reason: null, updated_at })
      .where("application_id", "=", input.application_id)
      .where("subscription_id", "=", subscriptionId)
      .where("deleted_at", "is", null)
      .returning(columns)
      .executeTakeFirst();
    if (!row) throw new Problem("NotFound");
    await removeRoutes(tx, subscriptionId);
    if (row.is_enabled) await addRoutes(tx, row);
    if (row.is_enabled) await forgetFailures(tx, subscriptionId);
    else await abandonAttempts(tx, { applicationId: input.application_id, subscriptionId }, updated_at);
    return present(row);
  });
}

/** Deletes a subscription and ends its open attempts as failed; its attempts stay on record. Throws NotFound. */
export async function remove(ctx: Context, applicationId: string, subscriptionId: string): Promise<void> {
  const now = ctx.now();
  await inTransaction(ctx, async (tx) => {
    const result = await tx
      .updateTable("subscription")
      .set({ deleted_at: now })
      .where("application_id", "=", applicationId)
      .where("subscription_id", "=", subscriptionId)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) throw new Problem("NotFound");
    await removeRoutes(tx, subscriptionId);
    await abandonAttempts(tx, { applicationId, subscriptionId }, now);
  });
}

/** A person has looked after it: what it did before says nothing now. */
async function forgetFailures(tx: Transaction<Tables>, subscriptionId: string): Promise<void> {
  await tx.deleteFrom("subscription_health").where("subscription_id", "=", subscriptionId).execute();
}

async function valuesOf(ctx: SubscriptionContext, input: SubscriptionPost) {
  const labels = labelsOf(input);
  if (ctx.publicTargetsOnly) requirePublicTarget(input.target.url);
  if (input.dedicated_workers.length > 0) {
    // Columba runs on functions: there are no workers to dedicate, so none can be authorized.
    throw new Problem("UnauthorizedWorkers", "dedicated_workers: this instance has no dedicated workers");
  }
  const names = input.event_types.filter((selector) => !isPattern(selector));
  if (names.length > 0) await EventType.requireActive(ctx, input.application_id, names);
  if (input.signatures.includes("standard_ed25519")) await SigningKey.ensure(ctx, input.application_id);
  return {
    is_enabled: input.is_enabled,
    event_types: [...input.event_types],
    signatures: [...input.signatures],
    description: input.description,
    metadata: JSON.stringify(input.metadata),
    labels: JSON.stringify(labels),
    target_method: input.target.method,
    target_url: input.target.url,
    target_headers: JSON.stringify(input.target.headers),
    retry_policy: input.retry_policy && JSON.stringify(input.retry_policy),
    timeout_seconds: input.timeout_seconds,
    rate_limit_per_second: input.rate_limit_per_second,
    concurrency_limit: input.concurrency_limit,
    forward_trace_context: input.forward_trace_context ?? false,
  };
}

/** The labels, or the legacy pair; when both are given `labels` wins (Hook0 1.4). Throws LabelsAmbiguity. */
function labelsOf(
  input: Pick<SubscriptionPost, "labels" | "label_key" | "label_value">,
): Record<string, string> {
  if (input.labels) return input.labels;
  if (input.label_key === null || input.label_value === null) {
    throw new Problem("LabelsAmbiguity", "labels: give `labels`, or both `label_key` and `label_value`");
  }
  return { [input.label_key]: input.label_value };
}

type Row = Omit<Subscription, "label_key" | "label_value" | "target" | "dedicated_workers"> & {
  target_method: string;
  target_url: string;
  target_headers: Record<string, string>;
};

function present({ target_method, target_url, target_headers, ...row }: Row): Subscription {
  // Hook0 takes any of the labels as the legacy pair; the first by key is at least always the same one.
  const [key = "", value = ""] = Object.entries(row.labels).toSorted()[0] ?? [];
  return {
    ...row,
    label_key: key,
    label_value: value,
    target: { type: "http", method: target_method, url: target_url, headers: target_headers },
    dedicated_workers: [],
  };
}
