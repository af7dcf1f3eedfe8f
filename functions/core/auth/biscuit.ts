import type { Biscuit } from "@biscuit-auth/biscuit-wasm";
import { LRUCache } from "lru-cache";
import { allowedRoles, type Action } from "#core/auth/action.ts";
import { loadBiscuitWasm, type BiscuitWasm, type Own } from "#core/auth/biscuit-wasm.ts";
import { Problem } from "#core/problem.ts";

/** What the authority block of a verified token says of its bearer. */
interface BiscuitIdentity {
  readonly type: "service_access";
  readonly organizationId: string;
  /** Hex, one a block. The first is shared by every attenuated child. */
  readonly revocationIds: readonly string[];
}

/** The facts a request gives to the authorizer, beside the time (Hook0 5.4). Checks of attenuated tokens read them. */
export interface RequestFacts {
  readonly action: Action;
  readonly organizationId: string;
  readonly applicationId?: string;
  readonly subscriptionId?: string;
  readonly serviceTokenId?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly eventTypeNames?: readonly string[];
}

export interface Biscuits {
  /** Hex of the Ed25519 public key, for attenuation and verification by others. */
  readonly publicKey: string;
  mintServiceToken(facts: { tokenId: string; organizationId: string; createdAt: Date }): MintedBiscuit;
  /** Null when the text is not a token of ours: garbled, or signed with another key. */
  identify(biscuit: string): BiscuitIdentity | null;
  /** Whether the token, with all its attenuations, allows the request at this time. */
  allows(biscuit: string, facts: RequestFacts, now: Date): boolean;
}

interface MintedBiscuit {
  readonly biscuit: string;
  /** Hex. */
  readonly revocationId: string;
}

// Generous: a busy machine must not turn a right token into a refusal (Hook0 11.3, ef3a4d38). Units: microseconds.
const limits = { max_facts: 1_000, max_iterations: 100, max_time_micro: 1_000_000 };
const VERDICT_LIFE_MS = 30_000;

/**
 * Mints, verifies and authorizes Biscuits under one root key (64 hex digits of an Ed25519 private key, Hook0 5.1).
 * Revocation is not known here: the ledger says it.
 */
export async function createBiscuits(privateKeyHex: string): Promise<Biscuits> {
  const withBiscuit = await loadBiscuitWasm();
  const publicKey = withBiscuit((api, own) => {
    const key = own(api.PrivateKey.fromString(`ed25519-private/${privateKeyHex}`));
    return own(own(api.KeyPair.fromPrivateKey(key)).getPublicKey())
      .toString()
      .replace("ed25519/", "");
  });
  const parse = (api: BiscuitWasm, own: Own, biscuit: string) => {
    const root = own(api.PublicKey.fromString(publicKey, api.SignatureAlgorithm.Ed25519));
    return own(api.Biscuit.fromBase64(biscuit, root));
  };

  const identities = new LRUCache<string, BiscuitIdentity>({ max: 10_000 });
  const verdicts = new LRUCache<string, { allowed: boolean; untilMs: number }>({ max: 50_000 });

  function identify(biscuit: string): BiscuitIdentity | null {
    const known = identities.get(biscuit);
    if (known) return known;
    const identity = withBiscuit((api, own) => {
      let token;
      try {
        token = parse(api, own, biscuit);
      } catch {
        return null;
      }
      const builder = own(new api.AuthorizerBuilder());
      const authorizer = own(builder.buildAuthenticated(token));
      // By query and never by reading the block's text: a name inside it may look like another fact.
      const rule = own(
        api.Rule.fromString(`who($type, $organization) <- type($type), organization_id($organization)`),
      );
      const facts = authorizer.queryWithLimits(rule, limits).map((fact) => own(fact).terms());
      const [type, organization] = facts.length === 1 ? facts[0] : [];
      if (type !== "service_access" || organization === undefined) return null;
      const revocationIds = token.getRevocationIdentifiers() as string[];
      return { type, organizationId: uuidOf(organization), revocationIds } satisfies BiscuitIdentity;
    });
    if (identity) identities.set(biscuit, identity);
    return identity;
  }

  function authorize(biscuit: string, facts: RequestFacts, now: Date): { allowed: boolean; untilMs: number } {
    return withBiscuit((api, own) => {
      const token = parse(api, own, biscuit);
      const builder = own(new api.AuthorizerBuilder());
      builder.addCodeWithParameters(...authorizerCode(facts, now), {});
      const authorizer = own(builder.buildAuthenticated(token));
      return {
        allowed: isAllowed(() => authorizer.authorizeWithLimits(limits)),
        untilMs: stableUntilMs(token, now),
      };
    });
  }

  return {
    publicKey,
    identify,
    mintServiceToken: ({ tokenId, organizationId, createdAt }) =>
      withBiscuit((api, own) => {
        const root = own(api.PrivateKey.fromString(`ed25519-private/${privateKeyHex}`));
        const builder = own(new api.BiscuitBuilder());
        builder.addCodeWithParameters(
          `type("service_access"); version(1); token_id({token}); organization_id({organization}); created_at({created});`,
          { token: uuidTerm(tokenId), organization: uuidTerm(organizationId), created: dateTerm(createdAt) },
          {},
        );
        const token = own(builder.build(root));
        const [revocationId] = token.getRevocationIdentifiers() as [string];
        return { biscuit: token.toBase64(), revocationId };
      }),
    allows(biscuit, facts, now) {
      const key = `${biscuit} ${JSON.stringify(facts)}`;
      const known = verdicts.get(key);
      if (known && now.getTime() < known.untilMs) return known.allowed;
      const verdict = authorize(biscuit, facts, now);
      verdicts.set(key, verdict);
      return verdict.allowed;
    },
  };
}

function isAllowed(authorize: () => unknown): boolean {
  try {
    authorize();
    return true;
  } catch (error) {
    if (error instanceof Error) throw error;
    const limit = error as { RunLimit?: unknown };
    if (limit.RunLimit !== undefined) throw new Problem("ServiceUnavailable", "Authorization took too long.");
    return false;
  }
}

/**
 * Until when (Unix ms) a verdict on this token cannot change. Time enters a token's checks only by comparison with the
 * dates written in it, so that the next of these, or the cache's own bound, is the end.
 */
function stableUntilMs(token: Biscuit, now: Date): number {
  const source = Array.from({ length: token.countBlocks() }, (_, index) => token.getBlockSource(index)).join(
    "\n",
  );
  const dates = source.match(/\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})/g) ?? [];
  const ahead = dates.map((date) => Date.parse(date)).filter((atMs) => atMs >= now.getTime());
  return Math.min(now.getTime() + VERDICT_LIFE_MS, ...ahead);
}

/**
 * Facts, checks and policies of a request. The organization is asked for in the policy and never stated as a fact, or
 * any token would have it. No rules: biscuit-wasm 0.6 evaluates those under a hidden 1 ms limit.
 */
function authorizerCode(facts: RequestFacts, now: Date): [string, Record<string, unknown>] {
  const code = [`action({action}); time({now});`];
  const values: Record<string, unknown> = {
    action: facts.action,
    now: dateTerm(now),
    organization: uuidTerm(facts.organizationId),
  };
  const add = (name: string, value: unknown) => {
    if (value === undefined) return;
    code.push(`${name}({${name}});`);
    values[name] = value;
  };
  add("application_id", facts.applicationId && uuidTerm(facts.applicationId));
  add("subscription_id", facts.subscriptionId && uuidTerm(facts.subscriptionId));
  add("service_token_id", facts.serviceTokenId && uuidTerm(facts.serviceTokenId));
  add("labels", facts.labels && { map: new Map(Object.entries(facts.labels)) });
  add("event_type_names", facts.eventTypeNames && { set: facts.eventTypeNames });
  for (const role of allowedRoles[facts.action]) code.push(`allowed_role("${role}");`);
  code.push(`check if version(1); allow if type("service_access"), organization_id({organization});`);
  return [code.join("\n"), values];
}

const uuidTerm = (uuid: string) => ({ bytes: uuid.replaceAll("-", "") });
const dateTerm = (date: Date) => ({ date: date.toISOString() });

/** A UUID from what a query returns for a bytes term. */
function uuidOf(term: unknown): string {
  const hex = Buffer.from(term as Uint8Array).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
