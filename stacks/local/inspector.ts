import { Hono } from "hono";
import { html } from "hono/html";

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
 * An endpoint for a newcomer who has none: it answers 200 to whatever is delivered to it and shows what it got, as a
 * page in a browser and as JSON elsewhere. `DELETE` forgets it all.
 */
export function createInspector(path: string): Hono {
  let caught: CaughtRequest[] = [];
  return new Hono().all(`${path}/*`, async (c) => {
    const isDelivery = c.req.header("x-event-id") !== undefined;
    if (!isDelivery && c.req.method === "GET") {
      return c.req.header("accept")?.includes("text/html") ? c.html(page(path, caught)) : c.json(caught);
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

const page = (path: string, caught: readonly CaughtRequest[]) =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta http-equiv="refresh" content="2" />
        <title>Inspector · Columba</title>
        <style>
          :root {
            color-scheme: light dark;
            font:
              15px/1.5 system-ui,
              sans-serif;
          }
          body {
            max-width: 60rem;
            margin: 2rem auto;
            padding: 0 1rem;
          }
          article {
            border: 1px solid color-mix(in srgb, currentColor 20%, transparent);
            border-radius: 8px;
            padding: 0.5rem 1rem;
            margin: 1rem 0;
          }
          pre {
            overflow-x: auto;
            font-size: 13px;
          }
        </style>
      </head>
      <body>
        <h1>Inspector</h1>
        <p>
          What was delivered to <code>${path}</code>, newest first. Point a subscription here to see what your
          own endpoint would get.
        </p>
        ${caught.length === 0 ? html`<p>Nothing yet: send an event with the curl that <code>npm start</code> printed.</p>` : ""}
        ${caught.map(
          (request) =>
            html`<article>
              <h2>${request.method} <small>${request.received_at}</small></h2>
              <pre>
${Object.entries(request.headers)
                  .map(([name, value]) => `${name}: ${value}`)
                  .join("\n")}</pre>
              <pre>${request.body}</pre>
            </article>`,
        )}
      </body>
    </html>`;
