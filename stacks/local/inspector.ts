import { Hono } from "hono";

/** Requests kept; older ones are forgotten. */
const KEPT = 200;

interface CaughtRequest {
  readonly received_at: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * An endpoint for a newcomer who has none: it answers 200 to whatever is delivered to it and tells what it got to
 * whoever asks; the dashboard has a page for it. `DELETE` forgets it all.
 */
export function createInspector(path: string): Hono {
  let caught: CaughtRequest[] = [];
  return new Hono().all(`${path}/*`, async (c) => {
    const isDelivery = c.req.header("x-event-id") !== undefined;
    if (!isDelivery && c.req.method === "GET") {
      return c.json(caught);
    }
    if (!isDelivery && c.req.method === "DELETE") {
      caught = [];
      return c.body(null, 204);
    }
    const request: CaughtRequest = {
      received_at: new Date().toISOString(),
      method: c.req.method,
      path: c.req.path,
      headers: c.req.header(),
      body: await c.req.text(),
    };
    caught = [request, ...caught].slice(0, KEPT);
    return c.json({ received: true });
  });
}
