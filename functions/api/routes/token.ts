import { Hono } from "hono";
import { explain, TokenExplanation } from "#core/auth/token-explanation.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/tokens.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { operation } from "#functions/api/operation.ts";

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
      example: Example.tokenExplanation,
    }),
    authenticated(),
    async (c) => c.json(await explain(ctx, keyring.biscuits, c.var.credential, c.var.caller), 200),
  );
};
