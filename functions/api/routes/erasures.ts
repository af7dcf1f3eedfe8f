import { Hono } from "hono";
import * as v from "valibot";
import * as Erasure from "#core/erasure.ts";
import { Uuid } from "#core/schema.ts";
import { auditing } from "#functions/api/audited.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/jobs.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { json, param, query } from "#functions/api/middleware/validate.ts";
import { subjectFacts } from "#functions/api/middleware/subject-facts.ts";
import { operation } from "#functions/api/operation.ts";

const tag = "Erasures";
const InApplication = v.object({ application_id: Uuid });

export const erasureRoutes = (deps: ApiDeps) => {
  const { ctx, hints } = deps;
  const { mayInApplication } = authorization(deps);
  const audited = auditing(deps);
  return new Hono<ApiEnv>()
    .post(
      "/erasures",
      operation("erasures.create", {
        summary: "Erase events, by labels or all of an application, with their attempts and responses",
        tag,
        success: [201, Erasure.Erasure],
        example: Example.erasure,
      }),
      mayInApplication("erasure:create", "json", subjectFacts.labelsInBody),
      json(Erasure.ErasurePost, Example.erasurePost),
      async (c) => {
        const { application_id, erasure_id } = await audited(c, (ctx) =>
          Erasure.create(ctx, c.req.valid("json")),
        );
        const erasure = await Erasure.begin(ctx, application_id, erasure_id);
        // The scheduler does the rest, if there is any.
        await hints?.note([ctx.now()]);
        return c.json(erasure, 201);
      },
    )
    .get(
      "/erasures",
      operation("erasures.list", {
        summary: "List erasures, newest first",
        tag,
        success: [200, v.array(Erasure.Erasure)],
        example: [Example.erasure],
      }),
      mayInApplication("erasure:list", "query"),
      query(InApplication),
      async (c) => c.json(await Erasure.list(ctx, c.req.valid("query").application_id), 200),
    )
    .get(
      "/erasures/:erasure_id",
      operation("erasures.get", {
        summary: "Get an erasure with its counts",
        tag,
        success: [200, Erasure.Erasure],
        example: Example.erasure,
      }),
      mayInApplication("erasure:get", "query", subjectFacts.erasureInPath),
      param(v.object({ erasure_id: Uuid })),
      query(InApplication),
      async (c) => {
        const { application_id } = c.req.valid("query");
        return c.json(await Erasure.get(ctx, application_id, c.req.valid("param").erasure_id), 200);
      },
    );
};
