import { createAdaptorServer } from "@hono/node-server";
import { createApp } from "#functions/api/app.ts";
import { readConfig } from "#functions/config.ts";
import { openApiDeps } from "#functions/deps.ts";
import { inBackground } from "./background-queue.ts";
import { reportReady } from "./child.ts";
import { createDashboard } from "./dashboard.ts";
import { createInspector } from "./inspector.ts";
import { keptMail } from "./mail.ts";
import { INSPECTOR_PATH, MAIL_PATH } from "./paths.ts";

const config = readConfig();
const deps = await openApiDeps(config);
const queue = inBackground(deps.queue, (error) =>
  deps.log.warn({ error }, "deliveries were not enqueued; the scheduler will"),
);
const api = createApp({ ...deps, queue });
const inspector = createInspector(INSPECTOR_PATH);
const dashboard = createDashboard();

const server = createAdaptorServer({
  fetch(request, env) {
    const pathname = new URL(request.url).pathname.replaceAll(/\/{2,}/g, "/");
    if (isUnder(INSPECTOR_PATH, pathname) && !isVisit(request)) return inspector.fetch(request);
    if (isUnder("/api/v1", pathname)) {
      return api.fetch(request, { clientIp: env.incoming.socket.remoteAddress ?? "0.0.0.0" });
    }
    if (pathname === MAIL_PATH) return keptMail(config.MAIL_FOLDER);
    return dashboard.fetch(request);
  },
});
const listening = Promise.withResolvers<void>();
server.once("error", listening.reject).listen(config.PORT, config.IP, () => listening.resolve());
await listening.promise;

function isUnder(path: string, pathname: string): boolean {
  return pathname === path || pathname.startsWith(`${path}/`);
}

/** A person looks at the page of this path; an endpoint's path is also a page of the dashboard. */
function isVisit(request: Request): boolean {
  const isDelivery = request.headers.has("x-event-id");
  return (
    request.method === "GET" && !isDelivery && (request.headers.get("accept") ?? "").includes("text/html")
  );
}

reportReady(async () => {
  await new Promise((done) => {
    server.close(done);
    if ("closeIdleConnections" in server) server.closeIdleConnections();
    setTimeout(done, 2_000).unref();
  });
  await queue.drain();
});
