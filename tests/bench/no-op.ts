import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { cors } from "hono/cors";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { limitBodyTo } from "#functions/api/middleware/body-limit.ts";

// A process of its own: the API's HTTP stack, which reads JSON and answers JSON and does nothing.

const app = new Hono()
  .use(requestId())
  .use(cors())
  .use(secureHeaders())
  .use(limitBodyTo(2 * 1024 * 1024))
  .post("/api/v1/event", async (c) => {
    const { application_id } = await c.req.json<{ application_id: string }>();
    return c.json({ application_id, event_id: application_id, received_at: new Date() }, 201);
  });
const server = createAdaptorServer({ fetch: app.fetch });
server.listen(0, "127.0.0.1", () => process.send?.({ address: server.address() }));
process.on("disconnect", () => process.exit());
