import type { Context as HonoContext, Next } from "hono";
import { createMiddleware } from "hono/factory";
import * as Application from "#core/application.ts";
import type { Action } from "#core/auth/action.ts";
import type { RequestFacts, SubjectFacts } from "#core/auth/biscuit-code.ts";
import {
  authorize,
  authorizeIngest,
  factsReadBy,
  readCredential,
  resolveCaller,
  type Caller,
} from "#core/auth/caller.ts";
import * as Subject from "#core/auth/subject-facts.ts";
import type { Context } from "#core/context.ts";
import * as Organization from "#core/organization.ts";
import { Problem } from "#core/problem.ts";
import * as Subscription from "#core/subscription.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import { readBatch } from "#functions/api/event-batch.ts";
import { runOnce } from "#functions/api/middleware/idempotency.ts";
import { ingestOnce } from "#functions/api/middleware/ingest-once.ts";
import { requirePermit } from "#functions/api/middleware/rate-limit.ts";
import { parseId, readBody } from "#functions/api/middleware/request.ts";
import { eventFacts, type ReadFacts } from "#functions/api/middleware/subject-facts.ts";

type Place = "json" | "query" | "param";

/**
 * Middlewares that state the action a route takes and let only those pass who may take it. Authorization comes before
 * validation (Hook0 1.1), so they read the tenant's id from the request as it came.
 */
export function authorization(deps: ApiDeps) {
  const { ctx, keyring } = deps;

  const readBearer = async (c: HonoContext<ApiEnv>) => {
    const credential = readCredential(keyring, c.req.header("authorization"));
    c.set("credential", credential);
    await requirePermit(deps, c, credential);
    return credential;
  };

  const proceed = async (
    c: HonoContext<ApiEnv>,
    next: Next,
    caller: Caller,
    facts: RequestFacts,
    readSubjects: (ctx: Context) => ReturnType<ReadFacts> = () => ({}),
  ) => {
    const requireAll = (subjects: readonly SubjectFacts[]) => {
      // Of nothing, everything would be allowed.
      if (subjects.length === 0) throw new Problem("Forbidden");
      for (const subject of subjects) {
        authorize(keyring, caller, { ...subject, ...facts, sourceAddress: c.env.clientIp }, ctx.now());
      }
    };
    // For most tokens nothing depends on what the request is about: then it is not asked.
    const isLimited = factsReadBy(caller).length > 0;
    requireAll(isLimited ? [await readSubjects(ctx)].flat() : [{}]);
    c.set("caller", caller);
    c.set("judge", async (within) => {
      if (isLimited) requireAll([await readSubjects(within)].flat());
    });
    const { action, organizationId = "", applicationId = null } = facts;
    c.set("change", { caller, organizationId, applicationId, action, ip: c.env.clientIp });
    await runOnce(deps, c, next);
  };

  return {
    /** Whoever the token is of, whatever it may do: for what the bearer could read from the token itself. */
    authenticated: () =>
      createMiddleware<ApiEnv>(async (c, next) => {
        c.set("caller", await resolveCaller(ctx, await readBearer(c)));
        await next();
      }),

    /** Concerning no organization. */
    may: (action: Action) =>
      createMiddleware<ApiEnv>(async (c, next) => {
        const caller = await resolveCaller(ctx, await readBearer(c));
        await proceed(c, next, caller, { action });
      }),

    /** Within the application whose id is the `application_id` in this place. One that does not exist is Forbidden. */
    mayInApplication: (action: Action, place: Place, readFacts?: ReadFacts) =>
      createMiddleware<ApiEnv>(async (c, next) => {
        const caller = await resolveCaller(ctx, await readBearer(c));
        const applicationId = await tenantId(c, place, "application_id");
        const organizationId = await Application.organizationOf(ctx, applicationId);
        if (organizationId === null) throw new Problem("Forbidden");
        await proceed(
          c,
          next,
          caller,
          { action, organizationId, applicationId },
          (within) => readFacts?.(c, applicationId, within) ?? {},
        );
      }),

    /**
     * May send events to the application in the body. Only what the bearer itself says is judged here: whether it is
     * revoked and whether the application is its own is asked by the one statement that stores the event.
     */
    mayIngest: () =>
      createMiddleware<ApiEnv>(async (c, next) => {
        const credential = await readBearer(c);
        const applicationId = await tenantId(c, "json", "application_id");
        const limits = factsReadBy(credential).length > 0 ? eventFacts(await readBody(c)) : {};
        const event = { ...limits, applicationId, sourceAddress: c.env.clientIp };
        authorizeIngest(keyring, credential, event, ctx.now());
        await ingestOnce(deps, c, next, async () => [await readBody(c)]);
      }),

    /** As `mayIngest` for a batch: the route judges each application in it. */
    mayIngestBatch: () =>
      createMiddleware<ApiEnv>(async (c, next) => {
        await readBearer(c);
        await ingestOnce(deps, c, next, () => readBatch(c));
      }),

    /** Within the organization whose id is the `organization_id` in this place. */
    mayInOrganization: (
      action: Action,
      place: Place,
      readFacts: (c: HonoContext<ApiEnv>) => SubjectFacts = () => ({}),
    ) =>
      createMiddleware<ApiEnv>(async (c, next) => {
        const caller = await resolveCaller(ctx, await readBearer(c));
        const organizationId = await tenantId(c, place, "organization_id");
        if (caller.kind === "master" && !(await Organization.exists(ctx, organizationId))) {
          throw new Problem("Forbidden");
        }
        await proceed(c, next, caller, { action, organizationId }, () => readFacts(c));
      }),

    /** On the subscription in the path, where the request names no application. Another tenant's is NotFound. */
    mayOnSubscription: (action: Action) =>
      createMiddleware<ApiEnv>(async (c, next) => {
        const caller = await resolveCaller(ctx, await readBearer(c));
        const subscriptionId = parseId(c.req.param("subscription_id"));
        const owner = subscriptionId ? await Subscription.ownerOf(ctx, subscriptionId) : null;
        if (!subscriptionId || !owner || !belongsTo(caller, owner.organizationId))
          throw new Problem("NotFound");
        c.set("applicationId", owner.applicationId);
        await proceed(c, next, caller, { action, ...owner }, (within) =>
          Subject.ofSubscription(within, owner.applicationId, subscriptionId),
        );
      }),
  };
}

function belongsTo(caller: Caller, organizationId: string): boolean {
  if (caller.kind === "master") return true;
  return caller.kind === "user" ? organizationId in caller.roles : caller.organizationId === organizationId;
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
