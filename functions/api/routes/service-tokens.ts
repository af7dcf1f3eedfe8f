import { Hono, type Context } from "hono";
import * as v from "valibot";
import * as RevokedToken from "#core/revoked-token.ts";
import { Uuid } from "#core/schema.ts";
import * as ServiceToken from "#core/service-token.ts";
import { auditing } from "#functions/api/audited.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/tokens.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { parseId } from "#functions/api/middleware/request.ts";
import { json, param, query } from "#functions/api/middleware/validate.ts";
import { operation } from "#functions/api/operation.ts";

const tag = "Service Tokens";
const Path = v.object({ service_token_id: Uuid });
const InOrganization = v.object({ organization_id: Uuid });

function tokenFacts(c: Context<ApiEnv>) {
  const serviceTokenId = parseId(c.req.param("service_token_id"));
  return serviceTokenId ? { serviceTokenId } : {};
}

export const serviceTokenRoutes = (deps: ApiDeps) => {
  const { ctx, keyring } = deps;
  const { mayInOrganization } = authorization(deps);
  const audited = auditing(deps);
  return new Hono<ApiEnv>()
    .get(
      "/service_token",
      operation("serviceToken.list", {
        summary: "List service tokens",
        tag,
        success: [200, v.array(ServiceToken.ServiceToken)],
        example: [Example.serviceToken],
      }),
      mayInOrganization("service_token:list", "query"),
      query(InOrganization),
      async (c) => c.json(await ServiceToken.list(ctx, c.req.valid("query").organization_id), 200),
    )
    .post(
      "/service_token",
      operation("serviceToken.create", {
        summary: "Create a service token",
        tag,
        success: [201, ServiceToken.ServiceToken],
        example: Example.serviceToken,
      }),
      mayInOrganization("service_token:create", "json"),
      json(ServiceToken.ServiceTokenPost, Example.serviceTokenPost),
      async (c) =>
        c.json(
          await audited(c, (ctx) => ServiceToken.create(ctx, keyring.biscuits, c.req.valid("json"))),
          201,
        ),
    )
    .get(
      "/service_token/:service_token_id",
      operation("serviceToken.get", {
        summary: "Get a service token",
        tag,
        success: [200, ServiceToken.ServiceToken],
        example: Example.serviceToken,
      }),
      mayInOrganization("service_token:get", "query", tokenFacts),
      param(Path),
      query(InOrganization),
      async (c) => {
        const { organization_id } = c.req.valid("query");
        return c.json(
          await ServiceToken.get(ctx, organization_id, c.req.valid("param").service_token_id),
          200,
        );
      },
    )
    .put(
      "/service_token/:service_token_id",
      operation("serviceToken.edit", {
        summary: "Rename a service token",
        tag,
        success: [200, ServiceToken.ServiceToken],
        example: Example.serviceToken,
      }),
      mayInOrganization("service_token:edit", "json", tokenFacts),
      param(Path),
      json(ServiceToken.ServiceTokenPost, Example.serviceTokenPost),
      async (c) => {
        const { service_token_id } = c.req.valid("param");
        const input = c.req.valid("json");
        return c.json(await audited(c, (ctx) => ServiceToken.rename(ctx, service_token_id, input)), 200);
      },
    )
    .delete(
      "/service_token/:service_token_id",
      operation("serviceToken.delete", { summary: "Revoke a service token", tag, success: [204, null] }),
      mayInOrganization("service_token:delete", "query", tokenFacts),
      param(Path),
      query(InOrganization),
      async (c) => {
        const { organization_id } = c.req.valid("query");
        const { service_token_id } = c.req.valid("param");
        await audited(c, (ctx) => ServiceToken.revoke(ctx, organization_id, service_token_id));
        return c.body(null, 204);
      },
    )
    .post(
      "/revoked_tokens",
      operation("revokedTokens.create", {
        summary: "Revoke one attenuated token, and leave its parent good",
        tag,
        success: [201, RevokedToken.RevokedToken],
        example: Example.revokedToken,
      }),
      mayInOrganization("token:revoke", "json"),
      json(RevokedToken.RevokedTokenPost, Example.revokedTokenPost),
      async (c) =>
        c.json(
          await audited(c, (ctx) => RevokedToken.create(ctx, keyring.biscuits, c.req.valid("json"))),
          201,
        ),
    );
};
