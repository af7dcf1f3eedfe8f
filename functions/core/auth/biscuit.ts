import type { Biscuit } from "@biscuit-auth/biscuit-wasm";
import { LRUCache } from "lru-cache";
import { loadBiscuitWasm, type BiscuitWasm, type Own } from "#core/auth/biscuit-wasm.ts";
import {
  authorizerCode,
  factsRead,
  refreshTokenCode,
  relevantFacts,
  serviceTokenCode,
  userTokenCode,
  uuidOf,
  type Code,
  type OptionalFact,
  type RefreshTokenFacts,
  type RequestFacts,
  type ServiceTokenFacts,
  type UserTokenFacts,
} from "#core/auth/biscuit-code.ts";
import { concernsCredentials } from "#core/auth/action.ts";
import { readChecks } from "#core/auth/token-limits.ts";
import { Problem } from "#core/problem.ts";

/** What a verified token says whatever it is used for. */
interface TokenIdentity {
  /** Hex, one a block. */
  readonly revocationIds: readonly string[];
  /** Facts that its checks may ask for. */
  readonly reads: readonly OptionalFact[];
  /** Actions that a limit of it names; null when no limit is about actions. */
  readonly namedActions: readonly string[] | null;
  /** Datalog of the blocks that attenuate it, in order. */
  readonly attenuations: readonly string[];
}

/** The authority block's word on the bearer. */
type BiscuitIdentity = TokenIdentity &
  (
    | { readonly type: "service_access"; readonly organizationId: string }
    | { readonly type: "user_access" | "refresh"; readonly userId: string; readonly sessionId: string }
  );

interface MintedBiscuit {
  readonly biscuit: string;
  /** Hex. */
  readonly revocationId: string;
}

export interface Biscuits {
  /** Hex of the Ed25519 public key, for attenuation and verification by others. */
  readonly publicKey: string;
  mintServiceToken(facts: ServiceTokenFacts): MintedBiscuit;
  mintUserToken(facts: UserTokenFacts): MintedBiscuit;
  mintRefreshToken(facts: RefreshTokenFacts): MintedBiscuit;
  /** Null when the text is not a token of ours: garbled, or signed with another key. */
  identify(biscuit: string): BiscuitIdentity | null;
  /** Whether the token, with all its attenuations, allows the request at this time. */
  allows(biscuit: string, facts: RequestFacts, now: Date): boolean;
}

export interface RootKeys {
  /** 64 hex digits of the Ed25519 private key that signs every new token (Hook0 5.1). */
  readonly privateKey: string;
  /** Hex of the public key that signed until the last rotation: its tokens are still good. */
  readonly previousPublicKey?: string | undefined;
}

// Generous: a busy machine must not turn a right token into a refusal (Hook0 11.3, ef3a4d38). Units: microseconds.
const limits = { max_facts: 1_000, max_iterations: 100, max_time_micro: 1_000_000 };
const VERDICT_LIFE_MS = 30_000;
const CACHED_CHARACTERS_MAX = 32 * 1024 * 1024;

/** Mints, verifies and authorizes Biscuits. Revocation is not known here: the ledger says it. */
export async function createBiscuits(keys: RootKeys): Promise<Biscuits> {
  const withBiscuit = await loadBiscuitWasm();
  const publicKey = withBiscuit((api, own) => {
    const key = own(api.PrivateKey.fromString(`ed25519-private/${keys.privateKey}`));
    return own(own(api.KeyPair.fromPrivateKey(key)).getPublicKey())
      .toString()
      .replace("ed25519/", "");
  });
  const trusted = [publicKey, ...(keys.previousPublicKey ? [keys.previousPublicKey] : [])];
  // Bounded by characters too: who holds a token can make copies of any length.
  const bounded = {
    maxSize: CACHED_CHARACTERS_MAX,
    sizeCalculation: (_: unknown, key: string) => key.length,
  };
  const identities = new LRUCache<string, BiscuitIdentity>({ max: 10_000, ...bounded });
  const verdicts = new LRUCache<string, Verdict>({ max: 50_000, ...bounded });

  const mint = ([source, terms]: Code): MintedBiscuit =>
    withBiscuit((api, own) => {
      const root = own(api.PrivateKey.fromString(`ed25519-private/${keys.privateKey}`));
      const builder = own(new api.BiscuitBuilder());
      builder.addCodeWithParameters(source, terms, {});
      const token = own(builder.build(root));
      const [revocationId] = token.getRevocationIdentifiers() as [string];
      return { biscuit: token.toBase64(), revocationId };
    });

  const identify = (biscuit: string): BiscuitIdentity | null => {
    const known = identities.get(biscuit);
    if (known) return known;
    const identity = withBiscuit((api, own) => {
      const token = parse(api, own, biscuit, trusted);
      return token && readIdentity(api, own, token);
    });
    if (identity) identities.set(biscuit, identity);
    return identity;
  };

  return {
    publicKey,
    mintServiceToken: (facts) => mint(serviceTokenCode(facts)),
    mintUserToken: (facts) => mint(userTokenCode(facts)),
    mintRefreshToken: (facts) => mint(refreshTokenCode(facts)),
    identify,
    allows(biscuit, asked, now) {
      const identity = identify(biscuit);
      // A limited copy must not fetch or make a credential without its limits, unless that is what it is for.
      const isLimited = identity !== null && identity.attenuations.length > 0;
      if (isLimited && concernsCredentials(asked.action) && !identity.namedActions?.includes(asked.action))
        return false;
      const facts = relevantFacts(asked, identity?.reads ?? []);
      const key = `${biscuit} ${JSON.stringify(facts)}`;
      const known = verdicts.get(key);
      if (known && now.getTime() < known.untilMs) return known.isAllowed;
      const verdict = withBiscuit((api, own): Verdict => {
        const token = parse(api, own, biscuit, trusted);
        return token ? judge(api, own, token, facts, now) : { isAllowed: false, untilMs: 0 };
      });
      verdicts.set(key, verdict);
      return verdict.isAllowed;
    },
  };
}

interface Verdict {
  readonly isAllowed: boolean;
  readonly untilMs: number;
}

/** The token, its signature verified with the first key that it fits; null when it fits none. */
function parse(api: BiscuitWasm, own: Own, biscuit: string, publicKeys: readonly string[]): Biscuit | null {
  for (const publicKey of publicKeys) {
    const root = own(api.PublicKey.fromString(publicKey, api.SignatureAlgorithm.Ed25519));
    try {
      return own(api.Biscuit.fromBase64(biscuit, root));
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) throw error;
    }
  }
  return null;
}

/** By query and never by reading the block's text: a name inside it may look like another fact. */
function readIdentity(api: BiscuitWasm, own: Own, token: Biscuit): BiscuitIdentity | null {
  const authorizer = own(own(new api.AuthorizerBuilder()).buildAuthenticated(token));
  const query = (rule: string): unknown[] => {
    const facts = authorizer.queryWithLimits(own(api.Rule.fromString(rule)), limits);
    const rows = facts.map((fact) => own(fact).terms());
    return rows.length === 1 ? (rows[0] ?? []) : [];
  };
  const [, ...attenuations] = blockSources(token);
  const identity = {
    revocationIds: token.getRevocationIdentifiers() as string[],
    reads: factsRead(attenuations.join("\n")),
    attenuations,
    namedActions: namedActionsOf(attenuations),
  };
  const [type] = query("data($type) <- type($type)");
  if (type === "service_access") {
    const [organization] = query("data($id) <- organization_id($id)");
    return organization ? { type, organizationId: uuidOf(organization), ...identity } : null;
  }
  if (type === "user_access" || type === "refresh") {
    const [user, session] = query("data($user, $session) <- user_id($user), session_id($session)");
    return user && session ? { type, userId: uuidOf(user), sessionId: uuidOf(session), ...identity } : null;
  }
  return null;
}

function judge(api: BiscuitWasm, own: Own, token: Biscuit, facts: RequestFacts, now: Date): Verdict {
  const builder = own(new api.AuthorizerBuilder());
  const [source, terms] = authorizerCode(facts, now);
  builder.addCodeWithParameters(source, terms, {});
  const authorizer = own(builder.buildAuthenticated(token));
  return {
    isAllowed: isAllowed(() => authorizer.authorizeWithLimits(limits)),
    untilMs: stableUntilMs(token, now),
  };
}

function isAllowed(authorize: () => unknown): boolean {
  try {
    authorize();
    return true;
  } catch (error) {
    if (error instanceof Error) throw error;
    const refusal = error as { RunLimit?: unknown };
    if (refusal.RunLimit !== undefined)
      throw new Problem("ServiceUnavailable", "Authorization took too long.");
    return false;
  }
}

/**
 * Until when (Unix ms) a verdict on this token cannot change. Time enters a token's checks only by comparison with the
 * dates written in it, so that the next of these, or the cache's own bound, is the end.
 */
function stableUntilMs(token: Biscuit, now: Date): number {
  const dates =
    blockSources(token)
      .join("\n")
      .match(/\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})/g) ?? [];
  // Dates are whole seconds: `$time <= date` holds until the second is over.
  const ahead = dates
    .flatMap((date) => [Date.parse(date), Date.parse(date) + 1_000])
    .filter((atMs) => atMs >= now.getTime());
  return Math.min(now.getTime() + VERDICT_LIFE_MS, ...ahead);
}

function blockSources(token: Biscuit): string[] {
  return Array.from({ length: token.countBlocks() }, (_, index) => token.getBlockSource(index));
}

function namedActionsOf(attenuations: readonly string[]): string[] | null {
  const named = attenuations.flatMap((source) =>
    readChecks(source).limits.flatMap(({ actions }) => actions ?? []),
  );
  return named.length > 0 ? named : null;
}
