import { timingSafeEqual } from "node:crypto";
import { sql } from "kysely";
import * as v from "valibot";
import { allowedRoles, type Role } from "#core/auth/action.ts";
import type { OptionalFact, RequestFacts } from "#core/auth/biscuit-code.ts";
import type { Biscuits } from "#core/auth/biscuit.ts";
import type { Context } from "#core/context.ts";
import { Problem } from "#core/problem.ts";
import { Uuid } from "#core/schema.ts";

/** What keys this environment trusts. */
export interface Keyring {
  readonly biscuits: Biscuits;
  /** A UUID that may do everything, or null when there is none. */
  readonly masterApiKey: string | null;
}

interface TokenCredential {
  readonly biscuit: string;
  /** Hex, of the first block. */
  readonly revocationId: string;
  /** Hex, of the blocks that attenuate it. */
  readonly childRevocationIds: readonly string[];
  /** Facts that its attenuations ask for. */
  readonly reads: readonly OptionalFact[];
}

/** A bearer as read from the request: its signature is verified, its revocation is not looked up. */
export type Credential =
  | { readonly kind: "master" }
  | { readonly kind: "application_secret"; readonly secret: string }
  | ({ readonly kind: "service_token"; readonly organizationId: string } & TokenCredential)
  | ({ readonly kind: "user"; readonly userId: string; readonly sessionId: string } & TokenCredential);

/** A bearer that the ledger knows and has not revoked. */
export type Caller =
  | { readonly kind: "master" }
  | { readonly kind: "application_secret"; readonly applicationId: string; readonly organizationId: string }
  | {
      readonly kind: "service_token";
      readonly biscuit: string;
      readonly organizationId: string;
      readonly tokenId: string;
      readonly reads: readonly OptionalFact[];
    }
  | {
      readonly kind: "user";
      readonly biscuit: string;
      readonly userId: string;
      readonly sessionId: string;
      readonly reads: readonly OptionalFact[];
      /** Role by organization, as the ledger has it now: who was removed or demoted is so at once. */
      readonly roles: Readonly<Record<string, Role>>;
    };

/**
 * Reads the `Authorization` header: a Biscuit, or a UUID that is the master key or an application secret. The `Bearer`
 * prefix may be missing (Hook0 1.1). Throws AuthNoAuthorizationHeader, AuthInvalidAuthorizationHeader or
 * AuthInvalidBiscuit.
 */
export function readCredential(keyring: Keyring, header: string | undefined): Credential {
  if (header === undefined) throw new Problem("AuthNoAuthorizationHeader");
  const bearer = header.replace(/^Bearer(\s+|$)/i, "").trim();
  if (bearer === "" || /[^\x21-\x7e]/.test(bearer)) throw new Problem("AuthInvalidAuthorizationHeader");

  const uuid = v.safeParse(Uuid, bearer);
  if (uuid.success) {
    const isMaster = keyring.masterApiKey !== null && equal(uuid.output, keyring.masterApiKey);
    return isMaster ? { kind: "master" } : { kind: "application_secret", secret: uuid.output };
  }
  const identity = keyring.biscuits.identify(bearer);
  const [revocationId, ...childRevocationIds] = identity?.revocationIds ?? [];
  if (!identity || !revocationId || identity.type === "refresh") throw new Problem("AuthInvalidBiscuit");
  const token = { biscuit: bearer, revocationId, childRevocationIds, reads: identity.reads };
  return identity.type === "service_access"
    ? { kind: "service_token", organizationId: identity.organizationId, ...token }
    : { kind: "user", userId: identity.userId, sessionId: identity.sessionId, ...token };
}

/** Looks the credential up in the ledger. Throws AuthInvalidBiscuit when it is unknown, revoked or expired. */
export async function resolveCaller(ctx: Context, credential: Credential): Promise<Caller> {
  switch (credential.kind) {
    case "master":
      return credential;
    case "application_secret": {
      const owner = await ctx.db
        .selectFrom("application_secret as secret")
        .innerJoin("application", "application.application_id", "secret.application_id")
        .where("secret.token", "=", credential.secret)
        .where("secret.deleted_at", "is", null)
        .where("application.deleted_at", "is", null)
        .select([
          "application.application_id as applicationId",
          "application.organization_id as organizationId",
        ])
        .executeTakeFirst();
      if (!owner) throw new Problem("AuthInvalidBiscuit");
      return { kind: credential.kind, ...owner };
    }
    case "service_token": {
      const { biscuit, organizationId, reads } = credential;
      const token = await ctx.db
        .selectFrom("token")
        .where("revocation_id", "=", Buffer.from(credential.revocationId, "hex"))
        .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", ctx.now())]))
        .where(isNotRevokedAlone(credential))
        .select("token_id")
        .executeTakeFirst();
      if (!token) throw new Problem("AuthInvalidBiscuit");
      return { kind: "service_token", biscuit, organizationId, tokenId: token.token_id, reads };
    }
    case "user": {
      const { biscuit, userId, sessionId, reads } = credential;
      const rows = await ctx.db
        .selectFrom("session_token as t")
        .leftJoin("organization_member as m", "m.user_id", "t.user_id")
        .where("t.revocation_id", "=", Buffer.from(credential.revocationId, "hex"))
        .where("t.kind", "=", "user_access")
        .where("t.expires_at", ">", ctx.now())
        .where(isNotRevokedAlone(credential))
        .select(["m.organization_id", "m.role"])
        .execute();
      if (rows.length === 0) throw new Problem("AuthInvalidBiscuit");
      const memberships = rows.flatMap(({ organization_id, role }) =>
        organization_id && role ? [[organization_id, role] as const] : [],
      );
      return { kind: "user", biscuit, userId, sessionId, reads, roles: Object.fromEntries(memberships) };
    }
  }
}

/** No block that attenuates the token has been revoked alone. */
function isNotRevokedAlone({ childRevocationIds }: TokenCredential) {
  const ids = childRevocationIds.map((id) => Buffer.from(id, "hex"));
  return sql<boolean>`not exists (select from revoked_block where revocation_id = any(${ids}::bytea[]))`;
}

/**
 * Throws Forbidden unless the caller may do this. An application secret may do what concerns its own application and
 * nothing else (Hook0 5.2); a token what its organization and every one of its attenuations allow.
 */
export function authorize(keyring: Keyring, caller: Caller, facts: RequestFacts, now: Date): void {
  if (!isAllowed(keyring, caller, facts, now)) throw new Problem("Forbidden");
}

/**
 * Throws Forbidden unless the bearer itself allows sending events to the application. What only the ledger knows, the
 * statement that stores the event asks: revocation, roles, and whose the application is.
 */
export function authorizeIngest(
  keyring: Keyring,
  credential: Credential,
  event: IngestFacts,
  now: Date,
): void {
  if (credential.kind === "master" || credential.kind === "application_secret") return;
  const organization = credential.kind === "service_token" && { organizationId: credential.organizationId };
  const facts = { ...event, action: "event:ingest" as const, ...organization };
  if (!keyring.biscuits.allows(credential.biscuit, facts, now)) throw new Problem("Forbidden");
}

/** What limits of a token may say of an event to be sent. */
export type IngestFacts = Pick<RequestFacts, "labels" | "eventTypeNames" | "sourceAddress"> & {
  readonly applicationId: string;
};

/** Facts that must be worked out to judge what the bearer may do: none for most. */
export function factsReadBy(bearer: Caller | Credential): readonly OptionalFact[] {
  return "reads" in bearer ? bearer.reads : [];
}

function isAllowed(keyring: Keyring, caller: Caller, facts: RequestFacts, now: Date): boolean {
  switch (caller.kind) {
    case "master":
      return true;
    case "application_secret":
      return caller.applicationId === facts.applicationId;
    case "service_token":
      return keyring.biscuits.allows(caller.biscuit, facts, now);
    case "user": {
      const role = facts.organizationId && caller.roles[facts.organizationId];
      const hasRole = !facts.organizationId || (role && allowedRoles[facts.action].includes(role));
      return Boolean(hasRole) && keyring.biscuits.allows(caller.biscuit, facts, now);
    }
  }
}

function equal(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
