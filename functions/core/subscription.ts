import { sql, type Transaction } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import type { Tables } from "#core/db/tables.ts";
import * as EventType from "#core/event-type.ts";
import { Problem } from "#core/problem.ts";
import { requireRoom, type QuotaContext } from "#core/quota.ts";
import { abandonAttempts } from "#core/request-attempt.ts";
import { EventTypeName, Labels, Metadata, text, Uuid } from "#core/schema.ts";
import { Target } from "#core/target.ts";

const legacyLabel = text(1, 100);

export const SubscriptionPost = v.object({
  application_id: Uuid,
  is_enabled: v.boolean(),
  event_types: v.pipe(
    v.array(EventTypeName),
    v.minLength(1, "must have 1 to 100 entries"),
    v.maxLength(100, "must have 1 to 100 entries"),
    v.check((names) => new Set(names).size === names.length, "must not repeat an event type"),
  ),
  description: v.nullish(text(1, 100), null),
  metadata: v.nullish(Metadata, {}),
  labels: v.nullish(Labels, null),
  label_key: v.nullish(legacyLabel, null),
  label_value: v.nullish(legacyLabel, null),
  target: Target,
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
  metadata: StringMap,
  label_key: v.string(),
  label_value: v.string(),
  labels: StringMap,
  target: v.object({ type: v.string(), method: v.string(), url: v.string(), headers: StringMap }),
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
  "metadata",
  "labels",
  "target_method",
  "target_url",
  "target_headers",
  "created_at",
  "updated_at",
] as const;

/** Live subscriptions of an application, oldest first. */
export async function list(ctx: Context, applicationId: string): Promise<Subscription[]> {
  const rows = await ctx.db
    .selectFrom("subscription")
    .where("application_id", "=", applicationId)
    .where("deleted_at", "is", null)
    .orderBy("created_at")
    .select(columns)
    .execute();
  return rows.map(present);
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
export async function create(ctx: QuotaContext, input: SubscriptionPost): Promise<Subscription> {
  const values = await valuesOf(ctx, input);
  const created_at = ctx.now();
  return ctx.db.transaction().execute(async (tx) => {
    await requireRoom(ctx, tx, "subscriptions", input.application_id);
    const row = await tx
      .insertInto("subscription")
      .values({ ...values, application_id: input.application_id, created_at, updated_at: created_at })
      .returning(columns)
      .executeTakeFirstOrThrow();
    if (row.is_enabled) await addRoutes(tx, row.subscription_id);
    return present(row);
  });
}

/**
 * Replaces a subscription. Disabling it ends its open attempts as failed; enabling it again does not bring them back.
 * Throws NotFound, LabelsAmbiguity, EventTypeDoesNotExist or UnauthorizedWorkers.
 */
export async function replace(
  ctx: Context,
  subscriptionId: string,
  input: SubscriptionPost,
): Promise<Subscription> {
  const values = await valuesOf(ctx, input);
  const updated_at = ctx.now();
  return ctx.db.transaction().execute(async (tx) => {
    const row = await tx
      .updateTable("subscription")
      .set({ ...values, updated_at })
      .where("application_id", "=", input.application_id)
      .where("subscription_id", "=", subscriptionId)
      .where("deleted_at", "is", null)
      .returning(columns)
      .executeTakeFirst();
    if (!row) throw new Problem("NotFound");
    await removeRoutes(tx, subscriptionId);
    if (row.is_enabled) await addRoutes(tx, subscriptionId);
    else await abandonAttempts(tx, { applicationId: input.application_id, subscriptionId }, updated_at);
    return present(row);
  });
}

/** Deletes a subscription and ends its open attempts as failed; its attempts stay on record. Throws NotFound. */
export async function remove(ctx: Context, applicationId: string, subscriptionId: string): Promise<void> {
  const now = ctx.now();
  await ctx.db.transaction().execute(async (tx) => {
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

async function removeRoutes(tx: Transaction<Tables>, subscriptionId: string): Promise<void> {
  await tx.deleteFrom("subscription_route").where("subscription_id", "=", subscriptionId).execute();
}

async function addRoutes(tx: Transaction<Tables>, subscriptionId: string): Promise<void> {
  // The anchor is the label that the fewest subscriptions of the application carry: the best one to look up by.
  await sql`
    insert into subscription_route (application_id, event_type_name, anchor, subscription_id, labels)
    select s.application_id, event_type_name, anchor.text, s.subscription_id, s.labels
    from subscription s
    cross join unnest(s.event_types) as event_type_name
    cross join lateral (
      select label.key || '=' || label.value as text
      from jsonb_each_text(s.labels) as label
      order by (
        select count(*) from subscription other
        where other.application_id = s.application_id and other.deleted_at is null
          and other.labels @> jsonb_build_object(label.key, label.value)
      ), label.key
      limit 1
    ) anchor
    where s.subscription_id = ${subscriptionId}
  `.execute(tx);
}

async function valuesOf(ctx: Context, input: SubscriptionPost) {
  const labels = labelsOf(input);
  if (input.dedicated_workers.length > 0) {
    // Columba runs on functions: there are no workers to dedicate, so none can be authorized.
    throw new Problem("UnauthorizedWorkers", "dedicated_workers: this instance has no dedicated workers");
  }
  await EventType.requireActive(ctx, input.application_id, input.event_types);
  return {
    is_enabled: input.is_enabled,
    event_types: [...input.event_types],
    description: input.description,
    metadata: JSON.stringify(input.metadata),
    labels: JSON.stringify(labels),
    target_method: input.target.method,
    target_url: input.target.url,
    target_headers: JSON.stringify(input.target.headers),
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
