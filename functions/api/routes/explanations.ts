import { Hono } from "hono";
import * as v from "valibot";
import * as Explanation from "#core/explanation.ts";
import { Uuid } from "#core/schema.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/events.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { subjectFacts } from "#functions/api/middleware/subject-facts.ts";
import { json, param, query } from "#functions/api/middleware/validate.ts";
import { operation } from "#functions/api/operation.ts";

const tag = "Events Management";

/** Why an event was, was not or would be delivered. */
export const explanationRoutes = (deps: ApiDeps) => {
  const { ctx } = deps;
  const { mayInApplication } = authorization(deps);
  return new Hono<ApiEnv>()
    .get(
      "/events/:event_id/explanation",
      operation("events.explain", {
        summary: "Why an event was or was not delivered to a subscription, in words and as JSON",
        tag,
        success: [200, Explanation.Explanation],
        example: Example.explanation,
      }),
      mayInApplication("event:explain", "query", subjectFacts.eventAndSubscription),
      param(v.object({ event_id: Uuid })),
      query(v.object({ application_id: Uuid, subscription_id: Uuid })),
      async (c) =>
        c.json(await Explanation.explain(ctx, { ...c.req.valid("query"), ...c.req.valid("param") }), 200),
    )
    .post(
      "/explanations",
      operation("events.explainHypothetical", {
        summary: "Whether an event of this type with these labels would go to a subscription, and why",
        tag,
        success: [200, Explanation.Explanation],
        example: { ...Example.explanation, event_id: null },
      }),
      mayInApplication("event:explain", "json", subjectFacts.hypotheticalEvent),
      json(Explanation.HypotheticalEvent, Example.hypotheticalEvent),
      async (c) => c.json(await Explanation.explainHypothetical(ctx, c.req.valid("json")), 200),
    );
};
