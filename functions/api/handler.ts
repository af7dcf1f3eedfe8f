import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { handle } from "hono/aws-lambda";
import { createApp } from "#functions/api/app.ts";
import { readConfig } from "#functions/config.ts";
import { openApiDeps } from "#functions/deps.ts";

const app = createApp(await openApiDeps(readConfig()));

/** The API on Lambda, behind a function URL (payload format 2.0). */
export const handler = handle({
  fetch: (request: Request, { event }: { event: APIGatewayProxyEventV2 }) =>
    app.fetch(request, { clientIp: event.requestContext.http.sourceIp }),
} as Parameters<typeof handle>[0]);
