import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { relative } from "node:path";
import { DASHBOARD_FOLDER } from "./dashboard-build.ts";

const YEAR = "public, max-age=31536000, immutable";

/**
 * The built dashboard: its files, and its one page for every other path, as the CDN serves it. Files under `assets`
 * have their hash in their name and never change.
 */
export function createDashboard(): Hono {
  const root = relative(process.cwd(), DASHBOARD_FOLDER);
  const page = serveStatic({ root, path: "index.html" });
  return new Hono()
    .use(
      secureHeaders({
        contentSecurityPolicy: {
          defaultSrc: ["'self'"],
          scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", "data:"],
          frameAncestors: ["'none'"],
          baseUri: ["'none'"],
          formAction: ["'self'"],
        },
        // Over plain HTTP, on a machine of one's own, this would pin the browser to a scheme that is not there.
        strictTransportSecurity: false,
      }),
    )
    .use(async (c, next) => {
      await next();
      if (!c.res.ok) return;
      c.header("cache-control", c.req.path.startsWith("/assets/") ? YEAR : "no-cache");
    })
    .use(serveStatic({ root }))
    .get("/assets/*", (c) => c.notFound())
    .get("/local/*", (c) => c.notFound())
    .get("*", page);
}
