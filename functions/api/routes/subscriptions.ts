import { Hono } from "hono";
import * as v from "valibot";
import { Uuid } from "#core/schema.ts";
import * as SubscriptionHealth from "#core/subscription-health.ts";
import * as SubscriptionSecret from "#core/subscription-secret.ts";
import * as Subscription from "#core/subscription.ts";
import { auditing } from "#functions/api/audited.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/subscriptions.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { subjectFacts } from "#functions/api/middleware/subject-facts.ts";
import { json, param, query } from "#functions/api/middleware/validate.ts";
import { operation } from "#functions/api/operation.ts";

const tag = "Subscriptions Management";
const Path = v.object({ subscription_id: Uuid });
const InApplication = v.object({ application_id: Uuid });

export const subscriptionRoutes = (deps: ApiDeps) => {
  const { ctx } = deps;
  const { mayInApplication, mayOnSubscription } = authorization(deps);
  const audited = auditing(deps);
  return new Hono<ApiEnv>()
    .get(
      "/subscriptions",
      operation("subscriptions.list", {
        summary: "List subscriptions, or those that carry a label",
        tag,
        success: [200, v.array(Subscription.Subscription)],
        example: [Example.subscription],
      }),
      mayInApplication("subscription:list", "query", subjectFacts.inQuery({ labels: "label" })),
      query(Subscription.SubscriptionQuery),
      async (c) => c.json(await Subscription.list(ctx, c.req.valid("query")), 200),
    )
    .post(
      "/subscriptions",
      operation("subscriptions.create", {
        summary: "Create a subscription",
        tag,
        success: [201, Subscription.Subscription],
        example: Example.subscription,
      }),
      mayInApplication("subscription:create", "json", subjectFacts.newSubscription),
      json(Subscription.SubscriptionPost, Example.subscriptionPost),
      async (c) => c.json(await audited(c, (ctx) => Subscription.create(ctx, c.req.valid("json"))), 201),
    )
    .get(
      "/subscriptions/:subscription_id",
      operation("subscriptions.get", {
        summary: "Get a subscription",
        tag,
        success: [200, Subscription.Subscription],
        example: Example.subscription,
      }),
      mayOnSubscription("subscription:get"),
      param(Path),
      async (c) =>
        c.json(await Subscription.get(ctx, c.var.applicationId, c.req.valid("param").subscription_id), 200),
    )
    .get(
      "/subscriptions/:subscription_id/health",
      operation("subscriptions.health", {
        summary: "How a subscription's endpoint does, and why nothing is sent to it when nothing is",
        tag,
        success: [200, SubscriptionHealth.SubscriptionHealth],
        example: Example.subscriptionHealth,
      }),
      mayOnSubscription("subscription:health"),
      param(Path),
      async (c) => {
        const { subscription_id } = c.req.valid("param");
        return c.json(await SubscriptionHealth.get(ctx, c.var.applicationId, subscription_id), 200);
      },
    )
    .put(
      "/subscriptions/:subscription_id",
      operation("subscriptions.update", {
        summary: "Replace a subscription",
        tag,
        success: [200, Subscription.Subscription],
        example: Example.subscription,
      }),
      mayInApplication("subscription:edit", "json", subjectFacts.changedSubscription),
      param(Path),
      json(Subscription.SubscriptionPost, Example.subscriptionPost),
      async (c) => {
        const { subscription_id } = c.req.valid("param");
        const input = c.req.valid("json");
        return c.json(await audited(c, (ctx) => Subscription.replace(ctx, subscription_id, input)), 200);
      },
    )
    .post(
      "/subscriptions/:subscription_id/rotate_secret",
      operation("subscriptions.rotateSecret", {
        summary: "Give a subscription new secrets; the old ones sign too for a while",
        tag,
        success: [200, Subscription.Subscription],
        example: Example.rotatedSubscription,
      }),
      mayInApplication("subscription:rotate_secret", "json", subjectFacts.subscriptionInPath),
      param(Path),
      json(SubscriptionSecret.RotationPost, Example.rotationPost),
      async (c) => {
        const { subscription_id } = c.req.valid("param");
        const input = c.req.valid("json");
        return c.json(await audited(c, (ctx) => SubscriptionSecret.rotate(ctx, subscription_id, input)), 200);
      },
    )
    .delete(
      "/subscriptions/:subscription_id",
      operation("subscriptions.delete", { summary: "Delete a subscription", tag, success: [204, null] }),
      mayInApplication("subscription:delete", "query", subjectFacts.subscriptionInPath),
      param(Path),
      query(InApplication),
      async (c) => {
        const { subscription_id } = c.req.valid("param");
        const { application_id } = c.req.valid("query");
        await audited(c, (ctx) => Subscription.remove(ctx, application_id, subscription_id));
        return c.body(null, 204);
      },
    );
};
