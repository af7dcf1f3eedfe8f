import { timingSafeEqual } from "node:crypto";
import * as v from "valibot";
import type { Biscuits, RequestFacts } from "#core/auth/biscuit.ts";
import type { Context } from "#core/context.ts";
import { Problem } from "#core/problem.ts";
import { Uuid } from "#core/schema.ts";

/** What keys this environment trusts. */
export interface Keyring {
  readonly biscuits: Biscuits;
  /** A UUID that may do everything, or null when there is none. */
  readonly masterApiKey: string | null;
}

/** A bearer as read from the request: its signature is verified, its revocation is not looked up. */
export type Credential =
  | { readonly kind: "master" }
  | { readonly kind: "application_secret"; readonly secret: string }
  | {
      readonly kind: "service_token";
      readonly biscuit: string;
      readonly organizationId: string;
      /** Hex, of the first block. */
      readonly revocationId: string;
    };

/** A bearer that the ledger knows and has not revoked. */
export type Caller =
  | { readonly kind: "master" }
  | { readonly kind: "application_secret"; readonly applicationId: string; readonly organizationId: string }
  | { readonly kind: "service_token"; readonly biscuit: string; readonly organizationId: string };

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
  const revocationId = identity?.revocationIds[0];
  if (!identity || !revocationId) throw new Problem("AuthInvalidBiscuit");
  return { kind: "service_token", biscuit: bearer, organizationId: identity.organizationId, revocationId };
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
      const token = await ctx.db
        .selectFrom("token")
        .where("revocation_id", "=", Buffer.from(credential.revocationId, "hex"))
        .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", ctx.now())]))
        .select("token_id")
        .executeTakeFirst();
      if (!token) throw new Problem("AuthInvalidBiscuit");
      return {
        kind: credential.kind,
        biscuit: credential.biscuit,
        organizationId: credential.organizationId,
      };
    }
  }
}

/**
 * Throws Forbidden unless the caller may do this. An application secret may do what concerns its own application and
 * nothing else (Hook0 5.2); a token what its organization and every one of its attenuations allow.
 */
export function authorize(keyring: Keyring, caller: Caller, facts: RequestFacts, now: Date): void {
  if (!isAllowed(keyring, caller, facts, now)) throw new Problem("Forbidden");
}

function isAllowed(keyring: Keyring, caller: Caller, facts: RequestFacts, now: Date): boolean {
  switch (caller.kind) {
    case "master":
      return true;
    case "application_secret":
      return caller.applicationId === facts.applicationId && caller.organizationId === facts.organizationId;
    case "service_token":
      return keyring.biscuits.allows(caller.biscuit, facts, now);
  }
}

function equal(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
