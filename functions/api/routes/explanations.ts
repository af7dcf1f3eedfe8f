import { Hono } from "hono";
import * as v from "valibot";
import * as Explanation from "#core/explanation.ts";
import { Uuid } from "#core/schema.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { subjectFacts } from "#functions/api/middleware/subject-facts.ts";
import { json, param, query } from "#functions/api/middleware/validate.ts";
import { operation } from "#functions/api/operation.ts";

const example: Explanation.Explanation = {
  event_id: "0193f6a0-0000-7000-8000-000000000003",
  subscription_id: "0193f6a0-0000-7000-8000-000000000002",
  outcome: "does_not_match",
  summary: "Not sent: It asks for the label plan=paying, and the event has no label plan.",
  rules: [
    { rule: "exists", passed: true, words: "The subscription exists." },
    { rule: "event_type", passed: true, words: "It asks for shop.**, which fits shop.order.paid." },
    {
      rule: "labels",
      passed: false,
      words: "It asks for the label plan=paying, and the event has no label plan.",
    },
  ],
  attempts: 0,
  next_attempt_at: null,
};

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
        example,
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
        example: { ...example, event_id: null },
      }),
      mayInApplication("event:explain", "json", subjectFacts.hypotheticalEvent),
      json(Explanation.HypotheticalEvent),
      async (c) => c.json(await Explanation.explainHypothetical(ctx, c.req.valid("json")), 200),
    );
};
