import { Hono } from "hono";
import * as v from "valibot";
import * as ApplicationSecret from "#core/application-secret.ts";
import { Uuid } from "#core/schema.ts";
import { auditing } from "#functions/api/audited.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/applications.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { json, param, query } from "#functions/api/middleware/validate.ts";
import { operation } from "#functions/api/operation.ts";

const tag = "Application Secrets";
const Path = v.object({ application_secret_token: Uuid });
const InApplication = v.object({ application_id: Uuid });

export const applicationSecretRoutes = (deps: ApiDeps) => {
  const { ctx } = deps;
  const { mayInApplication } = authorization(deps);
  const audited = auditing(deps);
  return new Hono<ApiEnv>()
    .get(
      "/application_secrets",
      operation("applicationSecrets.read", {
        summary: "List application secrets",
        tag,
        success: [200, v.array(ApplicationSecret.ApplicationSecret)],
        example: [Example.secret],
      }),
      mayInApplication("application_secret:list", "query"),
      query(InApplication),
      async (c) => c.json(await ApplicationSecret.list(ctx, c.req.valid("query").application_id), 200),
    )
    .post(
      "/application_secrets",
      operation("applicationSecrets.create", {
        summary: "Create an application secret",
        tag,
        success: [201, ApplicationSecret.ApplicationSecret],
        example: Example.secret,
      }),
      mayInApplication("application_secret:create", "json"),
      json(ApplicationSecret.ApplicationSecretPost, Example.secretPost),
      async (c) => c.json(await audited(c, (ctx) => ApplicationSecret.create(ctx, c.req.valid("json"))), 201),
    )
    .put(
      "/application_secrets/:application_secret_token",
      operation("applicationSecrets.update", {
        summary: "Rename an application secret",
        tag,
        success: [200, ApplicationSecret.ApplicationSecret],
        example: Example.secret,
      }),
      mayInApplication("application_secret:edit", "json"),
      param(Path),
      json(ApplicationSecret.ApplicationSecretPost, Example.secretPost),
      async (c) => {
        const token = c.req.valid("param").application_secret_token;
        return c.json(
          await audited(c, (ctx) => ApplicationSecret.rename(ctx, token, c.req.valid("json"))),
          200,
        );
      },
    )
    .delete(
      "/application_secrets/:application_secret_token",
      operation("applicationSecrets.delete", {
        summary: "Revoke an application secret",
        tag,
        success: [204, null],
      }),
      mayInApplication("application_secret:delete", "query"),
      param(Path),
      query(InApplication),
      async (c) => {
        const token = c.req.valid("param").application_secret_token;
        await audited(c, (ctx) => ApplicationSecret.remove(ctx, c.req.valid("query").application_id, token));
        return c.body(null, 204);
      },
    );
};
