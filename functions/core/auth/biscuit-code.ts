import { allowedRoles, type Action } from "#core/auth/action.ts";
import { sourceNetworksOf } from "#core/auth/source-networks.ts";

/** Datalog source with the values of its parameters, as biscuit-wasm takes them. */
export type Code = [source: string, terms: Record<string, unknown>];

export interface ServiceTokenFacts {
  readonly tokenId: string;
  readonly organizationId: string;
  readonly createdAt: Date;
}

export interface RefreshTokenFacts {
  readonly tokenId: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface UserTokenFacts extends RefreshTokenFacts {
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly memberships: readonly { readonly organization_id: string; readonly role: string }[];
}

/** What a request concerns, as far as it is one thing: what is left out, a token limited by it may not do. */
export interface SubjectFacts {
  readonly subscriptionId?: string | undefined;
  readonly serviceTokenId?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Patterns in their canonical form: three parts, each literal or `*`. */
  readonly eventTypeNames?: readonly string[] | undefined;
}

/** The facts a request gives to the authorizer, beside the time (Hook0 5.4). Checks of attenuated tokens read them. */
export interface RequestFacts extends SubjectFacts {
  readonly action: Action;
  /** Missing for the few actions that concern no organization. */
  readonly organizationId?: string;
  readonly applicationId?: string;
  readonly sourceAddress?: string | undefined;
}

/** The facts that are only worked out for tokens whose blocks read them, by the name they have in Datalog. */
const optionalFacts = {
  subscription_id: "subscriptionId",
  service_token_id: "serviceTokenId",
  labels: "labels",
  event_type_names: "eventTypeNames",
  source_networks: "sourceAddress",
} as const;
export type OptionalFact = (typeof optionalFacts)[keyof typeof optionalFacts];

/** Which optional facts this Datalog may read: those whose names are in it anywhere. */
export function factsRead(source: string): OptionalFact[] {
  return Object.entries(optionalFacts).flatMap(([name, fact]) => (source.includes(name) ? [fact] : []));
}

/** The facts without those that the token does not read: its verdict is the same, and can be kept for more requests. */
export function relevantFacts(facts: RequestFacts, reads: readonly OptionalFact[]): RequestFacts {
  const { action, organizationId, applicationId } = facts;
  const read = reads.map((fact) => [fact, facts[fact]] as const);
  return {
    action,
    ...(organizationId && { organizationId }),
    ...(applicationId && { applicationId }),
    ...Object.fromEntries(read),
  };
}

// The authority blocks are Hook0's (5.2): UUIDs are bytes, so that its attenuation tools work.

export function serviceTokenCode({ tokenId, organizationId, createdAt }: ServiceTokenFacts): Code {
  return [
    `type("service_access"); version(1); token_id({token}); organization_id({organization}); created_at({created});`,
    { token: uuidTerm(tokenId), organization: uuidTerm(organizationId), created: dateTerm(createdAt) },
  ];
}

export function userTokenCode(facts: UserTokenFacts): Code {
  const [session, terms] = sessionCode(facts);
  const roles = facts.memberships.map(
    (_, index) => `organization_role({organization${index}}, {role${index}});`,
  );
  const roleTerms = facts.memberships.flatMap(({ organization_id, role }, index): [string, unknown][] => [
    [`organization${index}`, uuidTerm(organization_id)],
    [`role${index}`, role],
  ]);
  const person = `type("user_access"); email({email}); first_name({first}); last_name({last});`;
  return [
    [session, person, ...roles].join("\n"),
    {
      ...terms,
      email: facts.email,
      first: facts.first_name,
      last: facts.last_name,
      ...Object.fromEntries(roleTerms),
    },
  ];
}

export function refreshTokenCode(facts: RefreshTokenFacts): Code {
  const [session, terms] = sessionCode(facts);
  return [`${session}\ntype("refresh");`, terms];
}

function sessionCode({ tokenId, sessionId, userId, createdAt, expiresAt }: RefreshTokenFacts): Code {
  return [
    `version(1); token_id({token}); session_id({session}); user_id({user}); created_at({created});
     check if time($t), $t < {expires};`,
    {
      token: uuidTerm(tokenId),
      session: uuidTerm(sessionId),
      user: uuidTerm(userId),
      created: dateTerm(createdAt),
      expires: dateTerm(expiresAt),
    },
  ];
}

/**
 * Facts, checks and policies of a request. The organization is asked for in the policy and never stated as a fact, or
 * any token would have it; a user's roles are the ledger's word, not the token's. No rules: biscuit-wasm 0.6 evaluates
 * those under a hidden 1 ms limit.
 */
export function authorizerCode(facts: RequestFacts, now: Date): Code {
  const source = [`action({action}); time({now});`];
  const terms: Record<string, unknown> = { action: facts.action, now: dateTerm(now) };
  const add = (name: string, value: unknown) => {
    if (value === undefined) return;
    source.push(`${name}({${name}});`);
    terms[name] = value;
  };
  add("application_id", facts.applicationId && uuidTerm(facts.applicationId));
  add("subscription_id", facts.subscriptionId && uuidTerm(facts.subscriptionId));
  add("service_token_id", facts.serviceTokenId && uuidTerm(facts.serviceTokenId));
  add("labels", facts.labels && { map: new Map(Object.entries(facts.labels)) });
  add("event_type_names", facts.eventTypeNames && { set: facts.eventTypeNames });
  add("source_networks", facts.sourceAddress && { set: sourceNetworksOf(facts.sourceAddress) });
  for (const role of allowedRoles[facts.action]) source.push(`allowed_role("${role}");`);
  source.push(`check if version(1);`);
  if (facts.organizationId) {
    source.push(`allow if type("service_access"), organization_id({organization});`);
    terms["organization"] = uuidTerm(facts.organizationId);
  } else {
    source.push(`allow if type("service_access");`);
  }
  source.push(`allow if type("user_access");`);
  return [source.join("\n"), terms];
}

const uuidTerm = (uuid: string) => ({ bytes: uuid.replaceAll("-", "") });
const dateTerm = (date: Date) => ({ date: date.toISOString() });

/** A UUID from what a query returns for a bytes term. */
export function uuidOf(term: unknown): string {
  const hex = Buffer.from(term as Uint8Array).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
