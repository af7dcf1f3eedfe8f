import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { handle } from "hono/aws-lambda";
import { createApp } from "#functions/api/app.ts";
import { clientAddressOf } from "#functions/api/client-address.ts";
import { readConfig } from "#functions/config.ts";
import { openApiDeps } from "#functions/deps.ts";
import { readSecrets } from "#functions/secrets.ts";

const config = readConfig(await readSecrets());
const app = createApp(await openApiDeps(config));

/** The API on Lambda, behind a function URL (payload format 2.0). */
export const handler = handle({
  fetch(request: Request, { event }: { event: APIGatewayProxyEventV2 }) {
    const clientIp = clientAddressOf(event, config.ORIGIN_SECRET);
    return clientIp === null ? new Response(null, { status: 403 }) : app.fetch(request, { clientIp });
  },
} as Parameters<typeof handle>[0]);
