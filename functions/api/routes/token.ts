import { Hono } from "hono";
import { explain, TokenExplanation } from "#core/auth/token-explanation.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { operation } from "#functions/api/operation.ts";

const nothing = {
  actions: null,
  application_ids: null,
  subscription_ids: null,
  event_types: null,
  labels: null,
  actions_without_labels: null,
  source_networks: null,
  not_before: null,
  expires_at: null,
};
const example: TokenExplanation = {
  kind: "service_token",
  summary:
    "A service token of organization 0193f6a0-0000-7000-8000-000000000004: may do everything in it, within these limits. May only take the action event:ingest. Only for event type order.**.",
  state: "valid",
  valid_from: null,
  valid_until: null,
  organizations: [{ organization_id: "0193f6a0-0000-7000-8000-000000000004", role: null }],
  application_id: null,
  actions: ["event:ingest"],
  limits: [
    {
      ...nothing,
      words: "May only take the action event:ingest.",
      revocation_id: "9f2c…",
      actions: ["event:ingest"],
    },
    {
      ...nothing,
      words: "Only for event type order.**.",
      revocation_id: "9f2c…",
      event_types: ["order.*.*"],
    },
  ],
  other_rules: [],
};

/** What a bearer may learn of itself. */
export const tokenRoutes = (deps: ApiDeps) => {
  const { ctx, keyring } = deps;
  const { authenticated } = authorization(deps);
  return new Hono<ApiEnv>().get(
    "/token",
    operation("token.explain", {
      summary: "What the token of this request may do and until when, in words and as JSON",
      tag: "Service Tokens",
      success: [200, TokenExplanation],
      example,
    }),
    authenticated(),
    async (c) => c.json(await explain(ctx, keyring.biscuits, c.var.credential, c.var.caller), 200),
  );
};
