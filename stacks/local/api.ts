import { createAdaptorServer } from "@hono/node-server";
import { createApp } from "#functions/api/app.ts";
import { readConfig } from "#functions/config.ts";
import { openApiDeps } from "#functions/deps.ts";
import { reportReady } from "./child.ts";
import { createInspector } from "./inspector.ts";
import { keptMail } from "./mail.ts";
import { INSPECTOR_PATH, MAIL_PATH } from "./paths.ts";

const config = readConfig();
const api = createApp(await openApiDeps(config));
const inspector = createInspector(INSPECTOR_PATH);

const server = createAdaptorServer({
  fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === INSPECTOR_PATH || pathname.startsWith(`${INSPECTOR_PATH}/`))
      return inspector.fetch(request);
    if (pathname === MAIL_PATH) return keptMail(config.MAIL_FOLDER);
    if (pathname === "/") return Response.redirect(new URL(INSPECTOR_PATH, request.url), 302);
    return api.fetch(request, { clientIp: env.incoming.socket.remoteAddress ?? "0.0.0.0" });
  },
});
const listening = Promise.withResolvers<void>();
server.once("error", listening.reject).listen(config.PORT, config.IP, () => listening.resolve());
await listening.promise;

reportReady(async () => {
  await new Promise((done) => {
    server.close(done);
    if ("closeIdleConnections" in server) server.closeIdleConnections();
    setTimeout(done, 2_000).unref();
  });
});
