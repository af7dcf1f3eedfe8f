import { sql } from "kysely";
import * as v from "valibot";
import type { Caller } from "#core/auth/caller.ts";
import type { Context } from "#core/context.ts";
import { inTransaction } from "#core/db/transaction.ts";
import { Problem } from "#core/problem.ts";
import { organizationLimits, type QuotaContext } from "#core/quota.ts";
import { text } from "#core/schema.ts";

export const OrganizationPost = v.object({ name: text(2, 50) });
export type OrganizationPost = v.InferOutput<typeof OrganizationPost>;

const Plan = v.nullable(v.object({ name: v.string(), label: v.string() }));
export const Organization = v.object({
  organization_id: v.string(),
  name: v.string(),
  role: v.string(),
  plan: Plan,
});
export type Organization = v.InferOutput<typeof Organization>;

const Step = v.picklist(["ToDo", "Done"]);
export const OrganizationInfo = v.object({
  organization_id: v.string(),
  name: v.string(),
  plan: Plan,
  users: v.array(
    v.object({
      user_id: v.string(),
      email: v.string(),
      first_name: v.string(),
      last_name: v.string(),
      role: v.string(),
    }),
  ),
  quotas: v.object({
    members_per_organization_limit: v.number(),
    applications_per_organization_limit: v.number(),
    events_per_day_limit: v.number(),
    days_of_events_retention_limit: v.number(),
  }),
  consumption: v.object({ members: v.number(), applications: v.number(), events_per_day: v.number() }),
  onboarding_steps: v.object({ application: Step, event_type: Step, subscription: Step, event: Step }),
});
export type OrganizationInfo = v.InferOutput<typeof OrganizationInfo>;

export async function exists(ctx: Context, organizationId: string): Promise<boolean> {
  const row = await ctx.db
    .selectFrom("organization")
    .where("organization_id", "=", organizationId)
    .select("organization_id")
    .executeTakeFirst();
  return row !== undefined;
}

/** The organizations that the caller belongs to, with its role in each; all of them for the master key. */
export async function list(ctx: Context, caller: Caller): Promise<Organization[]> {
  const roles = caller.kind === "user" ? caller.roles : {};
  let organizations = ctx.db
    .selectFrom("organization as o")
    .leftJoin("plan as p", "p.name", "o.plan_name")
    .orderBy("o.created_at")
    .select(["o.organization_id", "o.name", "p.name as plan_name", "p.label as plan_label"]);
  if (caller.kind !== "master") {
    const own = caller.kind === "user" ? Object.keys(roles) : [caller.organizationId];
    organizations = organizations.where((eb) => eb("o.organization_id", "=", eb.fn.any(eb.val(own))));
  }
  const rows = await organizations.execute();
  return rows.map(({ organization_id, name, plan_name, plan_label }) => ({
    organization_id,
    name,
    role: caller.kind === "master" ? "master" : (roles[organization_id] ?? "editor"),
    plan: plan_name === null ? null : { name: plan_name, label: plan_label ?? plan_name },
  }));
}

/** Founds an organization with the user as its editor. */
export async function create(
  ctx: QuotaContext,
  userId: string,
  input: OrganizationPost,
): Promise<OrganizationInfo> {
  const created_at = ctx.now();
  const organizationId = await inTransaction(ctx, async (tx) => {
    const { organization_id } = await tx
      .insertInto("organization")
      .values({ ...input, created_at })
      .returning("organization_id")
      .executeTakeFirstOrThrow();
    await tx
      .insertInto("organization_member")
      .values({ organization_id, user_id: userId, role: "editor", created_at })
      .execute();
    return organization_id;
  });
  return get(ctx, organizationId);
}

/** Throws NotFound. */
export async function get(ctx: QuotaContext, organizationId: string): Promise<OrganizationInfo> {
  const organization = await selectInfo(ctx, organizationId);
  if (!organization) throw new Problem("NotFound");
  const limits = await organizationLimits(ctx, ctx.db, organizationId);
  const users = await ctx.db
    .selectFrom("organization_member as m")
    .innerJoin("user_account as u", "u.user_id", "m.user_id")
    .where("m.organization_id", "=", organizationId)
    .orderBy("m.created_at")
    .select(["u.user_id", "u.email", "u.first_name", "u.last_name", "m.role"])
    .execute();
  const { organization_id, name, plan_name, plan_label, applications, events_today, ...has } = organization;
  return {
    organization_id,
    name,
    plan: plan_name === null ? null : { name: plan_name, label: plan_label ?? plan_name },
    users,
    quotas: {
      members_per_organization_limit: limits.global_members_per_organization_limit,
      applications_per_organization_limit: limits.global_applications_per_organization_limit,
      events_per_day_limit: limits.global_events_per_day_limit,
      days_of_events_retention_limit: limits.global_days_of_events_retention_limit,
    },
    consumption: { members: users.length, applications, events_per_day: events_today },
    onboarding_steps: {
      application: applications > 0 ? "Done" : "ToDo",
      event_type: has.has_event_type ? "Done" : "ToDo",
      subscription: has.has_subscription ? "Done" : "ToDo",
      event: has.has_event ? "Done" : "ToDo",
    },
  };
}

interface InfoRow {
  readonly organization_id: string;
  readonly name: string;
  readonly plan_name: string | null;
  readonly plan_label: string | null;
  readonly applications: number;
  readonly events_today: number;
  readonly has_event_type: boolean;
  readonly has_subscription: boolean;
  readonly has_event: boolean;
}

async function selectInfo(ctx: Context, organizationId: string): Promise<InfoRow | undefined> {
  const { rows } = await sql<InfoRow>`
    with live as (
      select application_id from application where organization_id = ${organizationId} and deleted_at is null
    )
    select o.organization_id, o.name, p.name as plan_name, p.label as plan_label,
      (select count(*)::int from live) as applications,
      (select coalesce(sum(amount), 0)::int from event_day join live using (application_id)
        where day = (${ctx.now()}::timestamptz at time zone 'utc')::date) as events_today,
      exists (select from event_type join live using (application_id) where deactivated_at is null) as has_event_type,
      exists (select from subscription join live using (application_id) where deleted_at is null) as has_subscription,
      exists (select from event_day join live using (application_id)) as has_event
    from organization o left join plan p on p.name = o.plan_name
    where o.organization_id = ${organizationId}
  `.execute(ctx.db);
  return rows[0];
}

/** Throws NotFound. */
export async function rename(
  ctx: QuotaContext,
  organizationId: string,
  { name }: OrganizationPost,
): Promise<OrganizationInfo> {
  await ctx.db
    .updateTable("organization")
    .set({ name })
    .where("organization_id", "=", organizationId)
    .execute();
  return get(ctx, organizationId);
}

/** Deletes an organization with its members, tokens and deleted applications. Throws OrganizationIsNotEmpty. */
export async function remove(ctx: Context, organizationId: string): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    await sql`select from organization where organization_id = ${organizationId} for update`.execute(tx);
    const live = await tx
      .selectFrom("application")
      .where("organization_id", "=", organizationId)
      .where("deleted_at", "is", null)
      .select("application_id")
      .executeTakeFirst();
    if (live) throw new Problem("OrganizationIsNotEmpty");
    await tx.deleteFrom("organization").where("organization_id", "=", organizationId).execute();
  });
}
