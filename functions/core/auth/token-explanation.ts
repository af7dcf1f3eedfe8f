import * as v from "valibot";
import { allowedRoles, concernsOneApplication, type Action } from "#core/auth/action.ts";
import type { Biscuits } from "#core/auth/biscuit.ts";
import type { Caller, Credential } from "#core/auth/caller.ts";
import { readChecks, type TokenLimits } from "#core/auth/token-limits.ts";
import { wordsOf } from "#core/auth/token-words.ts";
import type { Context } from "#core/context.ts";

const Texts = v.nullable(v.array(v.string()));

/** One limit; of its fields those that it is not about are null. */
const Limit = v.object({
  words: v.string(),
  /** Of the block that says so: it can be revoked alone. Hex. */
  revocation_id: v.string(),
  actions: Texts,
  application_ids: Texts,
  subscription_ids: Texts,
  event_types: Texts,
  labels: v.nullable(v.record(v.string(), v.string())),
  actions_without_labels: Texts,
  source_networks: Texts,
  not_before: v.nullable(v.date()),
  expires_at: v.nullable(v.date()),
});
type Limit = v.InferOutput<typeof Limit>;

export const TokenExplanation = v.object({
  kind: v.picklist(["master", "application_secret", "service_token", "user"]),
  /** The whole in words. */
  summary: v.string(),
  state: v.picklist(["valid", "not_yet_valid", "expired"]),
  valid_from: v.nullable(v.date()),
  valid_until: v.nullable(v.date()),
  /** Where it may do something; null for everywhere. */
  organizations: v.nullable(
    v.array(v.object({ organization_id: v.string(), role: v.nullable(v.picklist(["viewer", "editor"])) })),
  ),
  application_id: v.nullable(v.string()),
  /** What it may do somewhere, as far as the limits below tell. */
  actions: v.array(v.string()),
  /** All of them hold for every request. */
  limits: v.array(Limit),
  /** Rules in the token that limit it in another way, as Datalog. */
  other_rules: v.array(v.string()),
});
export type TokenExplanation = v.InferOutput<typeof TokenExplanation>;

/** What the bearer may do and until when. It is known and not revoked; that it has expired is said, not refused. */
export async function explain(
  ctx: Context,
  biscuits: Biscuits,
  credential: Credential,
  caller: Caller,
): Promise<TokenExplanation> {
  const { limits, others } = readLimits(biscuits, credential);
  const now = ctx.now();
  const ends = limits.flatMap(({ expires_at }) => expires_at ?? []);
  if (credential.kind === "user") ends.push(await sessionEnd(ctx, credential.revocationId));
  const valid_until = ends.length > 0 ? new Date(Math.min(...ends.map(Number))) : null;
  const starts = limits.flatMap(({ not_before }) => not_before ?? []);
  const valid_from = starts.length > 0 ? new Date(Math.max(...starts.map(Number))) : null;
  const state =
    valid_until && valid_until <= now
      ? "expired"
      : valid_from && valid_from > now
        ? "not_yet_valid"
        : "valid";
  return {
    kind: caller.kind,
    summary: [bearerWords(caller), ...limits.map(({ words }) => words), ...otherWords(others)].join(" "),
    state,
    valid_from,
    valid_until,
    organizations: organizationsOf(caller),
    application_id: caller.kind === "application_secret" ? caller.applicationId : null,
    actions: actionsOf(caller).filter((action) =>
      limits.every(({ actions }) => actions === null || actions.includes(action)),
    ),
    limits,
    other_rules: others,
  };
}

function readLimits(biscuits: Biscuits, credential: Credential): { limits: Limit[]; others: string[] } {
  const limits: Limit[] = [];
  const others: string[] = [];
  if (!("biscuit" in credential)) return { limits, others };
  const { attenuations = [] } = biscuits.identify(credential.biscuit) ?? {};
  for (const [index, source] of attenuations.entries()) {
    const read = readChecks(source);
    const revocationId = credential.childRevocationIds[index] ?? "";
    limits.push(...read.limits.map((limit) => present(limit, revocationId)));
    others.push(...read.others);
  }
  return { limits, others };
}

function present(limit: TokenLimits, revocation_id: string): Limit {
  const texts = (values: readonly string[] | undefined) => (values ? [...values] : null);
  return {
    words: wordsOf(limit),
    revocation_id,
    actions: texts(limit.actions),
    application_ids: texts(limit.applicationIds),
    subscription_ids: texts(limit.subscriptionIds),
    event_types: texts(limit.eventTypes),
    labels: limit.labels ? { ...limit.labels } : null,
    actions_without_labels: texts(limit.actionsWithoutLabels),
    source_networks: texts(limit.sourceNetworks),
    not_before: limit.notBefore ?? null,
    expires_at: limit.expiresAt ?? null,
  };
}

async function sessionEnd(ctx: Context, revocationId: string): Promise<Date> {
  const { expires_at } = await ctx.db
    .selectFrom("session_token")
    .where("revocation_id", "=", Buffer.from(revocationId, "hex"))
    .select("expires_at")
    .executeTakeFirstOrThrow();
  return expires_at;
}

function bearerWords(caller: Caller): string {
  switch (caller.kind) {
    case "master":
      return "The master key: may do everything everywhere.";
    case "application_secret":
      return `A secret of application ${caller.applicationId}: may do everything in it.`;
    case "service_token":
      return `A service token of organization ${caller.organizationId}: may do everything in it, within these limits.`;
    case "user": {
      const roles = Object.entries(caller.roles).map(([id, role]) => `${role} of organization ${id}`);
      return `A person's session: ${roles.join(", ") || "a member of no organization"}.`;
    }
  }
}

const otherWords = (others: readonly string[]) =>
  others.length > 0 ? [`And as its own rules say: ${others.join("; ")}.`] : [];

function organizationsOf(caller: Caller): TokenExplanation["organizations"] {
  switch (caller.kind) {
    case "master":
      return null;
    case "user":
      return Object.entries(caller.roles).map(([organization_id, role]) => ({ organization_id, role }));
    default:
      return [{ organization_id: caller.organizationId, role: null }];
  }
}

function actionsOf(caller: Caller): Action[] {
  const all = Object.keys(allowedRoles) as Action[];
  if (caller.kind === "application_secret") return all.filter(concernsOneApplication);
  if (caller.kind !== "user") return all.filter((action) => caller.kind === "master" || !isPersonal(action));
  const roles = new Set(Object.values(caller.roles));
  return all.filter((action) => isPersonal(action) || allowedRoles[action].some((role) => roles.has(role)));
}

/** Actions that concern no organization, but the person who signed in. */
const isPersonal = (action: Action) => action.startsWith("auth:") || action === "organization:create";
