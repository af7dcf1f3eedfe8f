import { Hono, type Context } from "hono";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { getPath } from "hono/utils/url";
import { openAPIRouteHandler } from "hono-openapi";
import { isUnavailable } from "#core/unavailable.ts";
import { Problem } from "#core/problem.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import { limitBodyTo } from "#functions/api/middleware/body-limit.ts";
import { applicationSecretRoutes } from "#functions/api/routes/application-secrets.ts";
import { applicationRoutes } from "#functions/api/routes/applications.ts";
import { authRoutes } from "#functions/api/routes/auth.ts";
import { erasureRoutes } from "#functions/api/routes/erasures.ts";
import { deadLetterRoutes } from "#functions/api/routes/dead-letters.ts";
import { eventSchemaRoutes } from "#functions/api/routes/event-schemas.ts";
import { eventTypeRoutes } from "#functions/api/routes/event-types.ts";
import { eventRoutes } from "#functions/api/routes/events.ts";
import { explanationRoutes } from "#functions/api/routes/explanations.ts";
import { insightRoutes } from "#functions/api/routes/insight.ts";
import { instanceRoutes } from "#functions/api/routes/instance.ts";
import { organizationRoutes } from "#functions/api/routes/organizations.ts";
import { replayRoutes } from "#functions/api/routes/replays.ts";
import { requestAttemptRoutes } from "#functions/api/routes/request-attempts.ts";
import { serviceTokenRoutes } from "#functions/api/routes/service-tokens.ts";
import { signingKeyRoutes } from "#functions/api/routes/signing-keys.ts";
import { subscriptionRoutes } from "#functions/api/routes/subscriptions.ts";
import { tokenRoutes } from "#functions/api/routes/token.ts";

/** What Hook0's framework takes (reference 1.1). */
const limitBody = limitBodyTo(2 * 1024 * 1024);
const limitBatch = limitBodyTo(5 * 1024 * 1024);
const RETRY_AFTER_UNAVAILABLE_SECONDS = "5";

/** The REST API under `/api/v1`. */
export function createApp(deps: ApiDeps) {
  const { log, metrics, settings } = deps;

  const app = new Hono<ApiEnv>({ getPath: (request) => normalizePath(getPath(request)) })
    .basePath("/api/v1")
    .use(async (_, next) => {
      await next();
      metrics.publish();
    })
    .use(requestId())
    .use(
      cors({
        origin: "*",
        allowMethods: ["GET", "POST", "PUT", "DELETE"],
        allowHeaders: [
          "Accept",
          "Authorization",
          "Content-Type",
          "Hook0-Client-Options",
          "Idempotency-Key",
          "Traceparent",
          "Tracestate",
        ],
        exposeHeaders: ["Idempotency-Replayed", "Link", "Retry-After", "X-Request-Id"],
        maxAge: 3600,
      }),
    )
    .use(secureHeaders({ xFrameOptions: "DENY", referrerPolicy: "strict-origin-when-cross-origin" }))
    .use((c, next) => (c.req.path.endsWith("/events/batch") ? limitBatch : limitBody)(c, next))
    .route("/", instanceRoutes(deps))
    .route("/", applicationRoutes(deps))
    .route("/", applicationSecretRoutes(deps))
    .route("/", eventTypeRoutes(deps))
    .route("/", eventSchemaRoutes(deps))
    .route("/", subscriptionRoutes(deps))
    .route("/", signingKeyRoutes(deps))
    .route("/", eventRoutes(deps))
    .route("/", explanationRoutes(deps))
    .route("/", requestAttemptRoutes(deps))
    .route("/", replayRoutes(deps))
    .route("/", erasureRoutes(deps))
    .route("/", deadLetterRoutes(deps))
    .route("/", serviceTokenRoutes(deps))
    .route("/", tokenRoutes(deps))
    .route("/", authRoutes(deps))
    .route("/", organizationRoutes(deps))
    .route("/", insightRoutes(deps));

  app.get(
    "/swagger.json",
    openAPIRouteHandler(app, {
      defaultValidationErrorResponse: false,
      documentation: {
        info: { title: "Columba", version: "1", description: "Webhooks as a service. Speaks Hook0's API." },
        servers: [{ url: settings.appUrl }],
        components: { securitySchemes: { biscuit: { type: "apiKey", in: "header", name: "Authorization" } } },
      },
    }),
  );

  app.notFound((c) => answer(c, new Problem("NotFound")));
  app.onError((error, c) => {
    const problem = toProblem(error, c.var.requestId);
    metrics.add("Refusals", 1, { problem: problem.id });
    return answer(c, problem);
  });
  return app;

  function toProblem(error: unknown, requestId: string): Problem {
    if (error instanceof Problem) return error;
    // Hono's own, of a body that is not JSON.
    if (error instanceof HTTPException && error.status === 400) {
      return new Problem("JsonPayload", "body: is not valid JSON");
    }
    if (isUnavailable(error)) {
      metrics.add("LedgerUnavailable", 1);
      log.error({ requestId, error }, "the ledger is unavailable");
      return new Problem("ServiceUnavailable", "Try again in a moment.");
    }
    log.error({ requestId, error }, "unexpected error");
    return new Problem("InternalServerError");
  }
}

/** Every route with its inputs and answers, for typed clients: only the type leaves this folder. */
export type Api = ReturnType<typeof createApp>;

/** `/x/`, `//x` and `/x` are one resource, without a redirect (Hook0 1.1). */
function normalizePath(path: string): string {
  return `/${path.split("/").filter(Boolean).join("/")}`;
}

function answer(c: Context, problem: Problem): Response {
  const document = problem.toDocument();
  if (document.status === 503) c.header("retry-after", RETRY_AFTER_UNAVAILABLE_SECONDS);
  return c.body(JSON.stringify(document), document.status, { "content-type": "application/problem+json" });
}
