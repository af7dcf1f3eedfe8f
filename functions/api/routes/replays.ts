import { Hono } from "hono";
import * as v from "valibot";
import * as Replay from "#core/replay.ts";
import { Uuid } from "#core/schema.ts";
import { auditing } from "#functions/api/audited.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/jobs.ts";
import { inApplication } from "#functions/api/examples/ids.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { json, param, query } from "#functions/api/middleware/validate.ts";
import { subjectFacts } from "#functions/api/middleware/subject-facts.ts";
import { operation } from "#functions/api/operation.ts";

const tag = "Replays";
const Path = v.object({ replay_id: Uuid });
const InApplication = v.object({ application_id: Uuid });
const Change = v.object({ replay_id: Uuid, change: v.picklist(["pause", "resume", "cancel"]) });

export const replayRoutes = (deps: ApiDeps) => {
  const { ctx, hints } = deps;
  const { mayInApplication } = authorization(deps);
  const audited = auditing(deps);
  return new Hono<ApiEnv>()
    .post(
      "/replays",
      operation("replays.create", {
        summary: "Send all events of a filter again; a dry run answers 200 with the count alone",
        tag,
        success: [201, Replay.Replay],
        example: Example.replay,
      }),
      mayInApplication("replay:create", "json", subjectFacts.filterInBody),
      json(Replay.ReplayPost, Example.replayPost),
      async (c) => {
        const input = c.req.valid("json");
        if (input.dry_run) return c.json(await Replay.count(ctx, input), 200);
        const replay = await audited(c, (ctx) => Replay.create(ctx, input));
        await hints?.note([ctx.now()]);
        return c.json(replay, 201);
      },
    )
    .get(
      "/replays",
      operation("replays.list", {
        summary: "List replays, newest first",
        tag,
        success: [200, v.array(Replay.Replay)],
        example: [Example.replay],
      }),
      mayInApplication("replay:list", "query"),
      query(InApplication),
      async (c) => c.json(await Replay.list(ctx, c.req.valid("query").application_id), 200),
    )
    .get(
      "/replays/:replay_id",
      operation("replays.get", {
        summary: "Get a replay with its progress",
        tag,
        success: [200, Replay.Replay],
        example: Example.replay,
      }),
      mayInApplication("replay:get", "query", subjectFacts.replayInPath),
      param(Path),
      query(InApplication),
      async (c) => {
        const { application_id } = c.req.valid("query");
        return c.json(await Replay.get(ctx, application_id, c.req.valid("param").replay_id), 200);
      },
    )
    .post(
      "/replays/:replay_id/:change{pause|resume|cancel}",
      operation("replays.change", {
        summary: "Pause, resume or cancel a replay",
        tag,
        success: [200, Replay.Replay],
        example: Example.pausedReplay,
      }),
      mayInApplication("replay:edit", "json", subjectFacts.replayInPath),
      param(Change),
      json(InApplication, inApplication),
      async (c) => {
        const { replay_id, change } = c.req.valid("param");
        const { application_id } = c.req.valid("json");
        const replay = await audited(c, (ctx) => Replay.change(ctx, application_id, replay_id, change));
        await hints?.note([ctx.now()]);
        return c.json(replay, 200);
      },
    );
};
