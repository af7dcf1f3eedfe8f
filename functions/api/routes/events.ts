import { Hono, type Context as HonoContext } from "hono";
import * as v from "valibot";
import { leaseEnd } from "#core/delivery/lease.ts";
import * as Event from "#core/event.ts";
import { EventPost, IngestedEvent } from "#core/ingest.ts";
import { createIngestor } from "#core/ingestor.ts";
import { Problem } from "#core/problem.ts";
import { noticeOf, noticeQuota } from "#core/quota-notice.ts";
import { Uuid } from "#core/schema.ts";
import { readTraceContext, traceIdOf } from "#core/trace-context.ts";
import { enqueue } from "#functions/api/enqueue.ts";
import { auditing } from "#functions/api/audited.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/events.ts";
import { inApplication } from "#functions/api/examples/ids.ts";
import { EventResult, ingestBatch, readBatch } from "#functions/api/event-batch.ts";
import { nextLink } from "#functions/api/link.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { json, param, query, withExample } from "#functions/api/middleware/validate.ts";
import { subjectFacts } from "#functions/api/middleware/subject-facts.ts";
import { operation } from "#functions/api/operation.ts";

const tag = "Events Management";
const Path = v.object({ event_id: Uuid });
const InApplication = v.object({ application_id: Uuid });

const senderOf = (c: HonoContext<ApiEnv>) => ({
  ip: c.env.clientIp,
  credential: c.var.credential,
  trace: readTraceContext(c.req.header("traceparent"), c.req.header("tracestate")),
});

export const eventRoutes = (deps: ApiDeps) => {
  const { ctx, hints, log, metrics, settings } = deps;
  const { mayInApplication, mayIngest, mayIngestBatch } = authorization(deps);
  const audited = auditing(deps);
  const ingestor = createIngestor(ctx);
  return new Hono<ApiEnv>()
    .post(
      "/event",
      operation("events.ingest", {
        summary: "Send an event",
        tag,
        success: [201, IngestedEvent],
        example: Example.ingestedEvent,
      }),
      mayIngest(),
      json(EventPost, Example.eventPost),
      async (c) => {
        const { ip, credential, trace } = senderOf(c);
        const item = { event: c.req.valid("json"), ip, credential, trace };
        const [{ result, deliveries, quotaUse }] = await Promise.all([
          ingestor.ingestOne(item),
          // Should this process end before it has enqueued, the scheduler must look when the lease runs out.
          hints?.note([leaseEnd(ctx, ctx.now())]),
        ]);
        if (quotaUse && noticeOf(quotaUse)) await noticeQuota(ctx, quotaUse);
        if (result instanceof Problem) throw result;
        metrics.add("EventsAccepted", 1);
        const { event_id } = result;
        log.debug(
          { requestId: c.var.requestId, event_id, trace_id: traceIdOf(trace), deliveries: deliveries.length },
          "accepted an event",
        );
        await enqueue(deps, deliveries);
        return c.json(result, 201);
      },
    )
    .post(
      "/events/batch",
      operation("events.ingestBatch", {
        summary: "Send up to 1 000 events, 5 MiB, as a JSON array or as NDJSON; each is judged alone",
        tag,
        success: [200, v.array(EventResult)],
        example: Example.batchResults,
        body: withExample(v.array(EventPost), Example.batch),
      }),
      mayIngestBatch(),
      async (c) => {
        const events = await readBatch(c);
        return c.json(await ingestBatch({ ...deps, ingestor }, senderOf(c), events), 200);
      },
    )
    .get(
      "/events",
      operation("events.list", {
        summary: "List events, newest first, 100 a page; the Link header names the next page",
        tag,
        success: [200, v.array(Event.Event)],
        example: [Example.event],
      }),
      mayInApplication(
        "event:list",
        "query",
        subjectFacts.inQuery({ eventTypes: "event_type_names", labels: "label" }),
      ),
      query(Event.EventQuery),
      async (c) => {
        const { events, next } = await Event.list(ctx, c.req.valid("query"));
        if (next) c.header("link", nextLink(settings.appUrl, c.req, next));
        return c.json(events, 200);
      },
    )
    .get(
      "/events/:event_id",
      operation("events.get", {
        summary: "Get an event with its payload",
        tag,
        success: [200, Event.EventWithPayload],
        example: Example.eventWithPayload,
      }),
      mayInApplication("event:get", "query", subjectFacts.eventInPath),
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
      mayInApplication("event:replay", "json", subjectFacts.eventInPath),
      param(Path),
      json(InApplication, inApplication),
      async (c) => {
        const { application_id } = c.req.valid("json");
        const { event_id } = c.req.valid("param");
        await enqueue(deps, await audited(c, (ctx) => Event.replay(ctx, application_id, event_id)));
        return c.body(null, 204);
      },
    );
};
