import { sql } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { inTransaction } from "#core/db/transaction.ts";
import { Problem } from "#core/problem.ts";
import { organizationLimits, requireRoom, type QuotaContext } from "#core/quota.ts";
import { abandonAttempts } from "#core/request-attempt.ts";
import { text, Uuid } from "#core/schema.ts";

export const ApplicationPost = v.object({ organization_id: Uuid, name: text(2, 50) });
export type ApplicationPost = v.InferOutput<typeof ApplicationPost>;

export const Application = v.object({
  application_id: v.string(),
  name: v.string(),
  organization_id: v.string(),
});
export type Application = v.InferOutput<typeof Application>;

const Step = v.picklist(["ToDo", "Done"]);
export const ApplicationInfo = v.object({
  ...Application.entries,
  quotas: v.object({ events_per_day_limit: v.number(), days_of_events_retention_limit: v.number() }),
  consumption: v.object({ events_per_day: v.nullable(v.number()) }),
  onboarding_steps: v.object({ event_type: Step, subscription: Step, event: Step }),
});
export type ApplicationInfo = v.InferOutput<typeof ApplicationInfo>;

const columns = ["application_id", "name", "organization_id"] as const;

/** The organization that owns a live application, or null: what every application-scoped authorization asks first. */
export async function organizationOf(ctx: Context, applicationId: string): Promise<string | null> {
  const row = await ctx.db
    .selectFrom("application")
    .where("application_id", "=", applicationId)
    .where("deleted_at", "is", null)
    .select("organization_id")
    .executeTakeFirst();
  return row?.organization_id ?? null;
}

/** The organizations that own these applications, by application; those that do not exist or were deleted are missing. */
export async function organizationsOf(
  ctx: Context,
  applicationIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (applicationIds.length === 0) return new Map();
  const rows = await ctx.db
    .selectFrom("application")
    .where("application_id", "in", [...new Set(applicationIds)])
    .where("deleted_at", "is", null)
    .select(["application_id", "organization_id"])
    .execute();
  return new Map(rows.map((row) => [row.application_id, row.organization_id]));
}

/** Live applications of an organization, oldest first. */
export function list(ctx: Context, organizationId: string): Promise<Application[]> {
  return ctx.db
    .selectFrom("application")
    .where("organization_id", "=", organizationId)
    .where("deleted_at", "is", null)
    .orderBy("created_at")
    .select(columns)
    .execute();
}

/**
 * Creates an application with a first secret named `Default`, together or not at all. Throws
 * TooManyApplicationsPerOrganization.
 */
export function create(ctx: QuotaContext, input: ApplicationPost): Promise<Application> {
  const created_at = ctx.now();
  return inTransaction(ctx, async (tx) => {
    await requireRoom(ctx, tx, "applications", input.organization_id);
    const application = await tx
      .insertInto("application")
      .values({ ...input, created_at })
      .returning(columns)
      .executeTakeFirstOrThrow();
    await tx
      .insertInto("application_secret")
      .values({ application_id: application.application_id, name: "Default", created_at })
      .execute();
    return application;
  });
}

/** Throws NotFound. */
export async function get(ctx: QuotaContext, applicationId: string): Promise<ApplicationInfo> {
  const row = await ctx.db
    .selectFrom("application as a")
    .where("a.application_id", "=", applicationId)
    .where("a.deleted_at", "is", null)
    .select((eb) => [
      "a.application_id",
      "a.name",
      "a.organization_id",
      "a.events_per_day_limit",
      "a.days_of_events_retention_limit",
      sql<number>`(select coalesce(sum(amount), 0)::int from event_day d where d.application_id = a.application_id
        and d.day = (${ctx.now()}::timestamptz at time zone 'utc')::date)`.as("events_today"),
      eb
        .exists(
          eb
            .selectFrom("event_type as t")
            .whereRef("t.application_id", "=", "a.application_id")
            .where("deactivated_at", "is", null)
            .select("t.event_type_name"),
        )
        .as("has_event_type"),
      eb
        .exists(
          eb
            .selectFrom("subscription as s")
            .whereRef("s.application_id", "=", "a.application_id")
            .where("s.deleted_at", "is", null)
            .select("s.subscription_id"),
        )
        .as("has_subscription"),
      eb
        .exists(
          eb
            .selectFrom("event as e")
            .whereRef("e.application_id", "=", "a.application_id")
            .select("e.event_id"),
        )
        .as("has_event"),
    ])
    .executeTakeFirst();
  if (!row) throw new Problem("NotFound");
  const limits = await organizationLimits(ctx, ctx.db, row.organization_id);
  return {
    application_id: row.application_id,
    name: row.name,
    organization_id: row.organization_id,
    quotas: {
      events_per_day_limit: row.events_per_day_limit ?? limits.global_events_per_day_limit,
      days_of_events_retention_limit: Math.min(
        row.days_of_events_retention_limit ?? limits.global_days_of_events_retention_limit,
        limits.global_days_of_events_retention_limit,
      ),
    },
    consumption: { events_per_day: row.events_today },
    onboarding_steps: {
      event_type: step(row.has_event_type),
      subscription: step(row.has_subscription),
      event: step(row.has_event),
    },
  };
}

const step = (done: unknown) => (done === true ? "Done" : "ToDo");

/** Throws NotFound. An application never changes its organization: the one given is only authorized against. */
export async function rename(
  ctx: Context,
  applicationId: string,
  input: ApplicationPost,
): Promise<Application> {
  const row = await ctx.db
    .updateTable("application")
    .set({ name: input.name })
    .where("application_id", "=", applicationId)
    .where("organization_id", "=", input.organization_id)
    .where("deleted_at", "is", null)
    .returning(columns)
    .executeTakeFirst();
  if (!row) throw new Problem("NotFound");
  return row;
}

/**
 * Deletes an application: its secrets and routes stop at once and its open attempts end as failed, except those being
 * sent at this moment, which record what they get and are not retried. Its record stays readable to no one.
 */
export async function remove(ctx: Context, applicationId: string): Promise<void> {
  const now = ctx.now();
  await inTransaction(ctx, async (tx) => {
    await tx
      .updateTable("application")
      .set({ deleted_at: now })
      .where("application_id", "=", applicationId)
      .where("deleted_at", "is", null)
      .execute();
    await tx.deleteFrom("subscription_route").where("application_id", "=", applicationId).execute();
    await abandonAttempts(tx, { applicationId }, now);
  });
}
