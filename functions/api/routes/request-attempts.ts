import { Hono } from "hono";
import * as v from "valibot";
import * as RequestAttempt from "#core/request-attempt.ts";
import * as Response from "#core/response.ts";
import { retry } from "#core/retry.ts";
import { Uuid } from "#core/schema.ts";
import { auditing } from "#functions/api/audited.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/request-attempts.ts";
import { inApplication } from "#functions/api/examples/ids.ts";
import { enqueue } from "#functions/api/enqueue.ts";
import { nextLink } from "#functions/api/link.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { json, param, query } from "#functions/api/middleware/validate.ts";
import { subjectFacts } from "#functions/api/middleware/subject-facts.ts";
import { operation } from "#functions/api/operation.ts";

const tag = "Request Attempts";
/** Those of `RequestAttemptQuery` by which a token may be limited. */
export const attemptFilters = {
  subscription: "subscription_id",
  eventTypes: "event.event_type_names",
  labels: "label",
} as const;
const InApplication = v.object({ application_id: Uuid });

export const requestAttemptRoutes = (deps: ApiDeps) => {
  const { ctx, settings } = deps;
  const { mayInApplication } = authorization(deps);
  const audited = auditing(deps);
  return new Hono<ApiEnv>()
    .get(
      "/request_attempts",
      operation("requestAttempts.read", {
        summary: "List request attempts, newest first, 50 a page; the Link header names the next page",
        tag,
        success: [200, v.array(RequestAttempt.RequestAttempt)],
        example: [Example.attempt],
      }),
      mayInApplication("request_attempt:list", "query", subjectFacts.inQuery(attemptFilters)),
      query(RequestAttempt.RequestAttemptQuery),
      async (c) => {
        const { attempts, next } = await RequestAttempt.list(ctx, c.req.valid("query"));
        if (next) c.header("link", nextLink(settings.appUrl, c.req, next));
        return c.json(attempts, 200);
      },
    )
    .get(
      "/request_attempts/:request_attempt_id",
      operation("requestAttempts.get", {
        summary: "Get a request attempt",
        tag,
        success: [200, RequestAttempt.RequestAttempt],
        example: Example.attempt,
      }),
      mayInApplication("request_attempt:get", "query", subjectFacts.attemptInPath),
      param(v.object({ request_attempt_id: Uuid })),
      query(InApplication),
      async (c) => {
        const { application_id } = c.req.valid("query");
        const { request_attempt_id } = c.req.valid("param");
        return c.json(await RequestAttempt.get(ctx, application_id, request_attempt_id), 200);
      },
    )
    .post(
      "/request_attempts/:request_attempt_id/retry",
      operation("requestAttempts.retry", {
        summary: "Make a fresh attempt of the same delivery now",
        tag,
        success: [202, RequestAttempt.RequestAttempt],
        example: Example.freshAttempt,
      }),
      mayInApplication("request_attempt:retry", "json", subjectFacts.attemptInPath),
      param(v.object({ request_attempt_id: Uuid })),
      json(InApplication, inApplication),
      async (c) => {
        const { application_id } = c.req.valid("json");
        const { request_attempt_id } = c.req.valid("param");
        const { attempt, deliveries } = await audited(c, (ctx) =>
          retry(ctx, application_id, request_attempt_id),
        );
        await enqueue(deps, deliveries);
        return c.json(attempt, 202);
      },
    )
    .get(
      "/responses/:response_id",
      operation("response.get", {
        summary: "Get what an endpoint answered to an attempt",
        tag: "Responses",
        success: [200, Response.Response],
        example: Example.response,
      }),
      mayInApplication("response:get", "query", subjectFacts.attemptInPath),
      param(v.object({ response_id: Uuid })),
      query(InApplication),
      async (c) => {
        const { application_id } = c.req.valid("query");
        return c.json(await Response.get(ctx, application_id, c.req.valid("param").response_id), 200);
      },
    );
};
