import { Hono } from "hono";
import * as v from "valibot";
import * as DeadLetter from "#core/dead-letter.ts";
import * as RequestAttempt from "#core/request-attempt.ts";
import { auditing } from "#functions/api/audited.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/request-attempts.ts";
import { enqueue } from "#functions/api/enqueue.ts";
import { nextLink } from "#functions/api/link.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { json, query } from "#functions/api/middleware/validate.ts";
import { subjectFacts } from "#functions/api/middleware/subject-facts.ts";
import { attemptFilters } from "#functions/api/routes/request-attempts.ts";
import { operation } from "#functions/api/operation.ts";

const tag = "Dead Letters";

export const deadLetterRoutes = (deps: ApiDeps) => {
  const { ctx, settings } = deps;
  const { mayInApplication } = authorization(deps);
  const audited = auditing(deps);
  return new Hono<ApiEnv>()
    .get(
      "/dead_letters",
      operation("deadLetters.list", {
        summary:
          "List deliveries that failed for good, by their last attempts; filters and pages as request attempts",
        tag,
        success: [200, v.array(RequestAttempt.RequestAttempt)],
        example: [Example.attempt],
      }),
      mayInApplication("dead_letter:list", "query", subjectFacts.inQuery(attemptFilters)),
      query(RequestAttempt.RequestAttemptQuery),
      async (c) => {
        const { attempts, next } = await DeadLetter.list(ctx, c.req.valid("query"));
        if (next) c.header("link", nextLink(settings.appUrl, c.req, next));
        return c.json(attempts, 200);
      },
    )
    .post(
      "/dead_letters/retry",
      operation("deadLetters.retry", {
        summary: "Send dead letters again: those named, or those of a filter; a dry run only counts",
        tag,
        success: [200, DeadLetter.RetryResult],
        example: Example.deadLetterRetry,
      }),
      mayInApplication("dead_letter:retry", "json", subjectFacts.deadLetters),
      json(DeadLetter.RetryPost, Example.deadLetterRetryPost),
      async (c) => {
        const input = c.req.valid("json");
        const { result, deliveries } = input.dry_run
          ? await DeadLetter.retry(ctx, input)
          : await audited(c, (ctx) => DeadLetter.retry(ctx, input));
        await enqueue(deps, deliveries);
        return c.json(result, 200);
      },
    );
};
