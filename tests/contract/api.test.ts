import { expect, test } from "vitest";
import { createBundledWorld } from "../helpers/bundled-world.ts";
import { eventPost, PRIVATE_KEY } from "../helpers/world.ts";

const settings = { APP_URL: "https://columba.test", BISCUIT_PRIVATE_KEY: PRIVATE_KEY };

interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** An event as a function URL sends it (payload format 2.0). */
function request(
  method: string,
  path: string,
  extra: { headers?: object; body?: string; isBase64Encoded?: boolean } = {},
) {
  const { headers = {}, ...body } = extra;
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: `/api/v1${path.split("?")[0]}`,
    rawQueryString: path.split("?")[1] ?? "",
    headers: { host: "abc.lambda-url.us-east-1.on.aws", "x-forwarded-for": "203.0.113.66", ...headers },
    requestContext: {
      accountId: "anonymous",
      apiId: "abc",
      domainName: "abc.lambda-url.us-east-1.on.aws",
      domainPrefix: "abc",
      http: {
        method,
        path: `/api/v1${path}`,
        protocol: "HTTP/1.1",
        sourceIp: "198.51.100.9",
        userAgent: "test",
      },
      requestId: "1",
      routeKey: "$default",
      stage: "$default",
      time: "23/Nov/2026:10:00:00 +0000",
      timeEpoch: 1795428000000,
    },
    isBase64Encoded: false,
    ...body,
  };
}

test("the bundled API answers, documents itself, stores events and refuses what is malformed", async () => {
  await using world = await createBundledWorld();
  await using api = await world.start("api", settings);

  const instance = await api.invoke<Answer>(request("GET", "/instance"));
  expect(instance.statusCode, instance.body).toBe(200);
  const swagger = await api.invoke<Answer>(request("GET", "/swagger.json"));
  const document = JSON.parse(swagger.body);
  expect(
    document.paths["/api/v1/event"].post.requestBody.content["application/json"].schema.properties,
  ).toHaveProperty("payload");

  const headers = {
    authorization: `Bearer ${world.tenant.application_secret}`,
    "content-type": "application/json",
  };
  const body = JSON.stringify(eventPost(world.tenant));
  const sent = await api.invoke<Answer>(
    request("POST", "/event", { headers, body: Buffer.from(body).toString("base64"), isBase64Encoded: true }),
  );
  expect(sent.statusCode, sent.body).toBe(201);
  const { ip } = await world.ctx.db.selectFrom("event").select("ip").executeTakeFirstOrThrow();
  expect(ip, "no header is believed without a CDN").toBe("198.51.100.9");

  const cases = {
    "no JSON": await api.invoke<Answer>(request("POST", "/event", { headers, body: "{" })),
    "no text": await api.invoke<Answer>(
      request("POST", "/event", { headers, body: "//79/A==", isBase64Encoded: true }),
    ),
    "no body": await api.invoke<Answer>(request("POST", "/event", { headers })),
    "no path": await api.invoke<Answer>({ ...request("GET", ""), rawPath: "" }),
  };
  const statuses = Object.fromEntries(
    Object.entries(cases).map(([name, { statusCode }]) => [name, statusCode]),
  );
  expect(statuses).toEqual({ "no JSON": 400, "no text": 400, "no body": 400, "no path": 404 });
});

test("behind a CDN the viewer's address counts, and who comes past the CDN is refused", async () => {
  await using world = await createBundledWorld();
  await using api = await world.start("api", { ...settings, ORIGIN_SECRET: "known to the CDN" });
  const post = (headers: object) =>
    api.invoke<Answer>(
      request("POST", "/event", {
        headers: {
          authorization: `Bearer ${world.tenant.application_secret}`,
          "content-type": "application/json",
          ...headers,
        },
        body: JSON.stringify(eventPost(world.tenant)),
      }),
    );
  const viewer = { "x-viewer-address": "2001:db8::7" };
  expect(await post(viewer)).toMatchObject({ statusCode: 403 });
  expect(await post({ ...viewer, "x-origin-secret": "guessed" })).toMatchObject({ statusCode: 403 });
  expect(await post({ ...viewer, "x-origin-secret": "known to the CDN" })).toMatchObject({ statusCode: 201 });
  const events = await world.ctx.db.selectFrom("event").select("ip").execute();
  expect(events).toEqual([{ ip: "2001:db8::7" }]);
});

test("a bundle without its settings names them all and does not start", async () => {
  await using world = await createBundledWorld();
  await expect(world.start("api")).rejects.toThrow(/APP_URL.*BISCUIT_PRIVATE_KEY/);
});
