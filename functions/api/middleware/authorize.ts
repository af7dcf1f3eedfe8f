import type { Context as HonoContext } from "hono";
import { createMiddleware } from "hono/factory";
import * as v from "valibot";
import * as Application from "#core/application.ts";
import type { Action } from "#core/auth/action.ts";
import type { RequestFacts } from "#core/auth/biscuit.ts";
import { authorize, readCredential, resolveCaller } from "#core/auth/caller.ts";
import * as Organization from "#core/organization.ts";
import { Problem } from "#core/problem.ts";
import { Uuid } from "#core/schema.ts";
import * as Subscription from "#core/subscription.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";

/** Facts beside the action and the tenant that checks of attenuated tokens may ask for. */
type ExtraFacts = Omit<RequestFacts, "action" | "organizationId" | "applicationId">;
type Facts = (c: HonoContext<ApiEnv>) => ExtraFacts | Promise<ExtraFacts>;
type Place = "json" | "query" | "param";

/**
 * Middlewares that state the action a route takes and let only those pass who may take it. Authorization comes before
 * validation (Hook0 1.1), so they read the tenant's id from the request as it came.
 */
export function authorization({ ctx, keyring }: ApiDeps) {
  const readBearer = (c: HonoContext<ApiEnv>) => {
    const credential = readCredential(keyring, c.req.header("authorization"));
    c.set("credential", credential);
    return credential;
  };

  return {
    /** Within the application whose id is the `application_id` in this place. One that does not exist is Forbidden. */
    mayInApplication: (action: Action, place: Place, facts: Facts = () => ({})) =>
      createMiddleware<ApiEnv>(async (c, next) => {
        const caller = await resolveCaller(ctx, readBearer(c));
        const applicationId = await tenantId(c, place, "application_id");
        const organizationId = await Application.organizationOf(ctx, applicationId);
        if (organizationId === null) throw new Problem("Forbidden");
        authorize(keyring, caller, { ...(await facts(c)), action, organizationId, applicationId }, ctx.now());
        await next();
      }),

    /**
     * May send events to the application in the body. Only what the bearer itself says is judged here: whether it is
     * revoked and whether the application is its own is asked by the one statement that stores the event.
     */
    mayIngest: () =>
      createMiddleware<ApiEnv>(async (c, next) => {
        const credential = readBearer(c);
        const applicationId = await tenantId(c, "json", "application_id");
        if (credential.kind === "service_token") {
          const { organizationId } = credential;
          authorize(
            keyring,
            credential,
            { action: "event:ingest", organizationId, applicationId },
            ctx.now(),
          );
        }
        await next();
      }),

    /** Within the organization whose id is the `organization_id` in this place. */
    mayInOrganization: (action: Action, place: Place, facts: Facts = () => ({})) =>
      createMiddleware<ApiEnv>(async (c, next) => {
        const caller = await resolveCaller(ctx, readBearer(c));
        const organizationId = await tenantId(c, place, "organization_id");
        if (caller.kind === "master" && !(await Organization.exists(ctx, organizationId))) {
          throw new Problem("Forbidden");
        }
        authorize(keyring, caller, { ...(await facts(c)), action, organizationId }, ctx.now());
        await next();
      }),

    /** On the subscription in the path, where the request names no application. Another tenant's is NotFound. */
    mayOnSubscription: (action: Action) =>
      createMiddleware<ApiEnv>(async (c, next) => {
        const caller = await resolveCaller(ctx, readBearer(c));
        const subscriptionId = parseId(c.req.param("subscription_id"));
        const owner = subscriptionId ? await Subscription.ownerOf(ctx, subscriptionId) : null;
        const isForeign = caller.kind !== "master" && caller.organizationId !== owner?.organizationId;
        if (!subscriptionId || !owner || isForeign) throw new Problem("NotFound");
        c.set("applicationId", owner.applicationId);
        authorize(keyring, caller, { action, ...owner, subscriptionId }, ctx.now());
        await next();
      }),
  };
}

/** Throws the problem of a malformed id in that place: 400 in a body, 422 in a query, 404 in a path. */
async function tenantId(c: HonoContext, place: Place, name: string): Promise<string> {
  const id = parseId(await read(c, place, name));
  if (id) return id;
  switch (place) {
    case "json":
      throw new Problem("JsonPayload", `${name}: must be a UUID`);
    case "query":
      throw new Problem("Validation", `${name}: must be a UUID`, {
        [name]: [{ code: "uuid", message: "must be a UUID", params: {} }],
      });
    case "param":
      throw new Problem("NotFound");
  }
}

async function read(c: HonoContext, place: Place, name: string): Promise<unknown> {
  if (place === "query") return c.req.query(name);
  if (place === "param") return c.req.param(name);
  return (await readBody(c))[name];
}

/** The JSON body before validation. Throws JsonPayload when it is not an object. */
export async function readBody(c: HonoContext): Promise<Record<string, unknown>> {
  const body: unknown = await c.req.json().catch(() => null);
  if (typeof body === "object" && body !== null) return body as Record<string, unknown>;
  throw new Problem("JsonPayload", "body: must be a JSON object");
}

export function parseId(value: unknown): string | null {
  const parsed = v.safeParse(Uuid, value);
  return parsed.success ? parsed.output : null;
}
