import { Hono } from "hono";
import type { Logger } from "pino";
import * as v from "valibot";
import type { DeliveryName } from "#core/delivery/lease.ts";
import type { DeliveryQueue } from "#core/delivery/queue.ts";
import * as Event from "#core/event.ts";
import { EventPost, IngestedEvent } from "#core/ingest.ts";
import { createIngestor } from "#core/ingestor.ts";
import { Problem } from "#core/problem.ts";
import { noticeOf, noticeQuota } from "#core/quota-notice.ts";
import { Uuid } from "#core/schema.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { json, param, query } from "#functions/api/middleware/validate.ts";
import { operation } from "#functions/api/operation.ts";

const tag = "Events Management";
const Path = v.object({ event_id: Uuid });
const InApplication = v.object({ application_id: Uuid });

export const eventRoutes = (deps: ApiDeps) => {
  const { ctx, queue, log } = deps;
  const { mayInApplication, mayIngest } = authorization(deps);
  const ingestor = createIngestor(ctx);
  return new Hono<ApiEnv>()
    .post(
      "/event",
      operation("events.ingest", { summary: "Send an event", tag, success: [201, IngestedEvent] }),
      mayIngest(),
      json(EventPost),
      async (c) => {
        const item = { event: c.req.valid("json"), ip: c.env.clientIp, credential: c.var.credential };
        const { result, deliveries, quotaUse } = await ingestor.ingestOne(item);
        if (quotaUse && noticeOf(quotaUse)) await noticeQuota(ctx, quotaUse);
        if (result instanceof Problem) throw result;
        await enqueue(queue, log, deliveries);
        return c.json(result, 201);
      },
    )
    .get(
      "/events",
      operation("events.list", {
        summary: "List the newest events",
        tag,
        success: [200, v.array(Event.Event)],
      }),
      mayInApplication("event:list", "query"),
      query(InApplication),
      async (c) => c.json(await Event.list(ctx, c.req.valid("query").application_id), 200),
    )
    .get(
      "/events/:event_id",
      operation("events.get", {
        summary: "Get an event with its payload",
        tag,
        success: [200, Event.EventWithPayload],
      }),
      mayInApplication("event:get", "query"),
      param(Path),
      query(InApplication),
      async (c) =>
        c.json(await Event.get(ctx, c.req.valid("query").application_id, c.req.valid("param").event_id), 200),
    )
    .post(
      "/events/:event_id/replay",
      operation("events.replay", {
        summary: "Send an event again to every subscription that matches it now",
        tag,
        success: [204, null],
      }),
      mayInApplication("event:replay", "json"),
      param(Path),
      json(InApplication),
      async (c) => {
        const { application_id } = c.req.valid("json");
        await enqueue(queue, log, await Event.replay(ctx, application_id, c.req.valid("param").event_id));
        return c.body(null, 204);
      },
    );
};

/** Best effort: what is not sent now has a lease in the ledger, and the scheduler sends it when that runs out. */
async function enqueue(
  queue: DeliveryQueue,
  log: Logger,
  deliveries: readonly DeliveryName[],
): Promise<void> {
  try {
    await queue.send(deliveries.map((delivery) => ({ ...delivery, delaySeconds: 0 })));
  } catch (error) {
    log.warn({ error, deliveries: deliveries.length }, "deliveries were not enqueued; the scheduler will");
  }
}
