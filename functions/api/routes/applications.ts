import { Hono } from "hono";
import * as v from "valibot";
import * as Application from "#core/application.ts";
import { Uuid } from "#core/schema.ts";
import { auditing } from "#functions/api/audited.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/applications.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { json, param, query } from "#functions/api/middleware/validate.ts";
import { operation } from "#functions/api/operation.ts";

const tag = "Applications Management";
const Path = v.object({ application_id: Uuid });

export const applicationRoutes = (deps: ApiDeps) => {
  const { ctx } = deps;
  const { mayInApplication, mayInOrganization } = authorization(deps);
  const audited = auditing(deps);
  return new Hono<ApiEnv>()
    .get(
      "/applications",
      operation("applications.list", {
        summary: "List applications",
        tag,
        success: [200, v.array(Application.Application)],
        example: [Example.application],
      }),
      mayInOrganization("application:list", "query"),
      query(v.object({ organization_id: Uuid })),
      async (c) => c.json(await Application.list(ctx, c.req.valid("query").organization_id), 200),
    )
    .post(
      "/applications",
      operation("applications.create", {
        summary: "Create an application",
        tag,
        success: [201, Application.Application],
        example: Example.application,
      }),
      mayInOrganization("application:create", "json"),
      json(Application.ApplicationPost, Example.applicationPost),
      async (c) => c.json(await audited(c, (ctx) => Application.create(ctx, c.req.valid("json"))), 201),
    )
    .get(
      "/applications/:application_id",
      operation("applications.get", {
        summary: "Get an application",
        tag,
        success: [200, Application.ApplicationInfo],
        example: Example.applicationInfo,
      }),
      mayInApplication("application:get", "param"),
      param(Path),
      async (c) => c.json(await Application.get(ctx, c.req.valid("param").application_id), 200),
    )
    .put(
      "/applications/:application_id",
      operation("applications.update", {
        summary: "Rename an application",
        tag,
        success: [200, Application.Application],
        example: Example.application,
      }),
      mayInApplication("application:edit", "param"),
      param(Path),
      json(Application.ApplicationPost, Example.applicationPost),
      async (c) => {
        const { application_id } = c.req.valid("param");
        const input = c.req.valid("json");
        return c.json(await audited(c, (ctx) => Application.rename(ctx, application_id, input)), 200);
      },
    )
    .delete(
      "/applications/:application_id",
      operation("applications.delete", { summary: "Delete an application", tag, success: [204, null] }),
      mayInApplication("application:delete", "param"),
      param(Path),
      async (c) => {
        await audited(c, (ctx) => Application.remove(ctx, c.req.valid("param").application_id));
        return c.body(null, 204);
      },
    );
};
