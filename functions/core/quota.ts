import { sql, type Transaction } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import type { Database } from "#core/db/client.ts";
import type { Tables } from "#core/db/tables.ts";
import { Problem, type ProblemId } from "#core/problem.ts";

export const QuotaLimits = v.object({
  global_members_per_organization_limit: v.number(),
  global_applications_per_organization_limit: v.number(),
  global_events_per_day_limit: v.number(),
  global_days_of_events_retention_limit: v.number(),
  global_subscriptions_per_application_limit: v.number(),
  global_event_types_per_application_limit: v.number(),
});
export type QuotaLimits = v.InferOutput<typeof QuotaLimits>;

export interface QuotaSettings {
  readonly enabled: boolean;
  readonly limits: QuotaLimits;
}

export interface QuotaContext extends Context {
  readonly quotas: QuotaSettings;
}

/** What Hook0 reports for a limit that is not enforced. */
export const UNLIMITED = 2_147_483_647;

/** Enforces nothing and keeps events for ever. */
export const NO_QUOTAS: QuotaSettings = {
  enabled: false,
  limits: {
    global_members_per_organization_limit: 0,
    global_applications_per_organization_limit: 0,
    global_events_per_day_limit: 0,
    global_days_of_events_retention_limit: UNLIMITED,
    global_subscriptions_per_application_limit: 0,
    global_event_types_per_application_limit: 0,
  },
};

/**
 * The instance's limits; each is 2147483647 when enforcement is off (Hook0 6.1), but for the retention, which is no
 * quota to be refused by: whatever the operator has set holds.
 */
export function quotaLimits(settings: QuotaSettings): QuotaLimits {
  if (settings.enabled) return settings.limits;
  return {
    global_members_per_organization_limit: UNLIMITED,
    global_applications_per_organization_limit: UNLIMITED,
    global_events_per_day_limit: UNLIMITED,
    global_days_of_events_retention_limit: settings.limits.global_days_of_events_retention_limit,
    global_subscriptions_per_application_limit: UNLIMITED,
    global_event_types_per_application_limit: UNLIMITED,
  };
}

/** The limits of one organization: its plan's, where null is without limit, or without a plan the instance's. */
export async function organizationLimits(
  { quotas }: Pick<QuotaContext, "quotas">,
  db: Database,
  organizationId: string,
): Promise<QuotaLimits> {
  const limits = quotaLimits(quotas);
  if (!quotas.enabled) return limits;
  const plan = await db
    .selectFrom("organization as o")
    .innerJoin("plan as p", "p.name", "o.plan_name")
    .where("o.organization_id", "=", organizationId)
    .selectAll("p")
    .executeTakeFirst();
  if (!plan) return limits;
  return {
    global_members_per_organization_limit: plan.members_per_organization_limit ?? UNLIMITED,
    global_applications_per_organization_limit: plan.applications_per_organization_limit ?? UNLIMITED,
    global_events_per_day_limit: plan.events_per_day_limit ?? UNLIMITED,
    global_days_of_events_retention_limit:
      plan.days_of_events_retention_limit ?? limits.global_days_of_events_retention_limit,
    global_subscriptions_per_application_limit: plan.subscriptions_per_application_limit ?? UNLIMITED,
    global_event_types_per_application_limit: plan.event_types_per_application_limit ?? UNLIMITED,
  };
}

interface Creation {
  readonly limit: keyof QuotaLimits;
  readonly problem: ProblemId;
  readonly what: string;
  readonly parent: "organization" | "application";
  /** How many there are under the parent. */
  readonly count: (parentId: string) => ReturnType<typeof sql<{ count: number }>>;
}

const creations = {
  members: {
    limit: "global_members_per_organization_limit",
    problem: "TooManyMembersPerOrganization",
    what: "An organization cannot have more than %d members",
    parent: "organization",
    // An invitation holds a place.
    count: (id) => sql`select (
      (select count(*) from organization_member where organization_id = ${id})
      + (select count(*) from invitation where organization_id = ${id}))::int as count`,
  },
  applications: {
    limit: "global_applications_per_organization_limit",
    problem: "TooManyApplicationsPerOrganization",
    what: "An organization cannot have more than %d applications",
    parent: "organization",
    count: (id) =>
      sql`select count(*)::int as count from application where organization_id = ${id} and deleted_at is null`,
  },
  subscriptions: {
    limit: "global_subscriptions_per_application_limit",
    problem: "TooManySubscriptionsPerApplication",
    what: "An application cannot have more than %d subscriptions",
    parent: "application",
    count: (id) =>
      sql`select count(*)::int as count from subscription where application_id = ${id} and deleted_at is null`,
  },
  eventTypes: {
    limit: "global_event_types_per_application_limit",
    problem: "TooManyEventTypesPerApplication",
    what: "An application cannot have more than %d event types",
    parent: "application",
    count: (id) =>
      sql`select count(*)::int as count from event_type where application_id = ${id} and deactivated_at is null`,
  },
} satisfies Record<string, Creation>;

/**
 * Throws the quota's problem unless there is room for one more. Locks the parent until the transaction ends, so that
 * requests at the same moment are counted one after the other and the limit is exact.
 */
export async function requireRoom(
  ctx: QuotaContext,
  tx: Transaction<Tables>,
  kind: keyof typeof creations,
  parentId: string,
): Promise<void> {
  if (!ctx.quotas.enabled) return;
  const creation: Creation = creations[kind];
  const { rows: owners } =
    creation.parent === "organization"
      ? await sql<{ id: string }>`select organization_id as id from organization
          where organization_id = ${parentId} for no key update`.execute(tx)
      : await sql<{ id: string }>`select organization_id as id from application
          where application_id = ${parentId} for no key update`.execute(tx);
  const limits = await organizationLimits(ctx, tx, owners[0]?.id ?? "");
  const limit = limits[creation.limit];
  const { rows } = await creation.count(parentId).execute(tx);
  if ((rows[0]?.count ?? 0) >= limit) {
    throw new Problem(creation.problem, creation.what.replace("%d", String(limit)));
  }
}
