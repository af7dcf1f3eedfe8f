import { expect, test } from "vitest";
import openapi from "../vectors/hook0-openapi.json" with { type: "json" };
import { createTenant, createWorld, eventPost, subscriptionPost } from "../helpers/world.ts";

test("a path is the same with and without a trailing slash and with double slashes", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  for (const path of ["/events", "/events/", "//events", "//events//"]) {
    const answer = await world.call(
      "GET",
      `${path}?application_id=${tenant.application_id}`,
      tenant.service_token,
    );
    expect(answer.status, path).toBe(200);
  }
});

test("the catalogue of problems is Hook0's 46 and no other", async () => {
  await using world = await createWorld();
  const { json } = await world.call("GET", "/errors");
  const ids = json.map((problem: { id: string }) => problem.id);
  expect(new Set(ids)).toEqual(new Set(openapi.components.schemas.Problem.properties.id.enum));
  expect(ids).toHaveLength(46);
});

test("what needs no token says what Hook0's callers look for", async () => {
  await using world = await createWorld();
  const instance = (await world.call("GET", "/instance")).json;
  expect(instance.biscuit_public_key).toMatch(/^[0-9a-f]{64}$/);
  expect(instance).toMatchObject({ application_secret_compatibility: true, matomo: null });
  expect((await world.call("GET", "/payload_content_types")).json).toContain(
    "application/octet-stream+base64",
  );
  expect((await world.call("GET", "/quotas")).json).toMatchObject({
    enabled: false,
    limits: { global_events_per_day_limit: 2_147_483_647 },
  });
  const variables = (await world.call("GET", "/environment_variables")).json;
  const names = variables.map((variable: { name: string }) => variable.name);
  expect(names).toEqual(expect.arrayContaining(["IP", "PORT", "DATABASE_URL"]));
  const database = variables.find((variable: { name: string }) => variable.name === "DATABASE_URL");
  expect(database).toMatchObject({ sensitive: true, required: true, default: null });
  expect((await world.call("GET", "/health")).json).toMatchObject({ database: true });
});

test("every field that Hook0 declares is there, null rather than left out", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const { application_id, organization_id, service_token: token } = tenant;
  const legacy = { labels: undefined, label_key: "customer", label_value: "1" };
  await world.call("POST", "/subscriptions", token, subscriptionPost(tenant, "https://a.example/", legacy));
  const event = (await world.call("POST", "/event", token, eventPost(tenant))).json;
  const inApplication = `application_id=${application_id}`;
  const inOrganization = `organization_id=${organization_id}`;
  const answers: Record<string, unknown> = {
    Application: (await world.call("GET", `/applications?${inOrganization}`, token)).json[0],
    ApplicationInfo: (await world.call("GET", `/applications/${application_id}`, token)).json,
    ApplicationSecret: (await world.call("GET", `/application_secrets?${inApplication}`, token)).json[0],
    EventType: (await world.call("GET", `/event_types?${inApplication}`, token)).json[0],
    Subscription: (await world.call("GET", `/subscriptions?${inApplication}`, token)).json[0],
    IngestedEvent: event,
    Event: (await world.call("GET", `/events?${inApplication}`, token)).json[0],
    EventWithPayload: (await world.call("GET", `/events/${event.event_id}?${inApplication}`, token)).json,
    RequestAttempt: (await world.call("GET", `/request_attempts?${inApplication}`, token)).json[0],
    ServiceToken: (await world.call("GET", `/service_token?${inOrganization}`, token)).json[0],
    InstanceConfig: (await world.call("GET", "/instance")).json,
    Problem: (await world.call("GET", "/errors")).json[0],
  };
  const schemas: Record<string, { properties: object }> = openapi.components.schemas;
  for (const [name, answer] of Object.entries(answers)) {
    expect(Object.keys(answer as object), name).toEqual(
      expect.arrayContaining(Object.keys(schemas[name]?.properties ?? {})),
    );
  }
  expect(answers["Subscription"]).toMatchObject({
    labels: { customer: "1" },
    label_key: "customer",
    label_value: "1",
    dedicated_workers: [],
    description: null,
    secret: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(answers["EventWithPayload"]).toMatchObject({
    payload: Buffer.from('{"order":42}').toString("base64"),
  });
});

test("attempts of a fan-out, all of one instant, are paged without loss or repetition; Link only before the last page", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const token = tenant.service_token;
  const { subscription_id } = (
    await world.call("POST", "/subscriptions", token, subscriptionPost(tenant, "https://a.example/"))
  ).json;
  await world.ctx.db
    .insertInto("request_attempt")
    .values(
      Array.from({ length: 120 }, () => {
        const at = new Date("2026-11-23T10:00:00Z");
        const id = crypto.randomUUID();
        return {
          request_attempt_id: id,
          delivery_id: id,
          application_id: tenant.application_id,
          event_id: crypto.randomUUID(),
          event_type_name: "shop.order.paid",
          subscription_id,
          retry_count: 0,
          created_at: at,
          due_at: at,
          enqueue_at: at,
          lease_token: null,
          picked_at: null,
          succeeded_at: at,
          failed_at: null,
          response_error_name: null,
          response_status: 200,
          response_headers: null,
          response_body: null,
          response_elapsed_ms: 1,
        };
      }),
    )
    .execute();
  const seen: string[] = [];
  let path: string | null =
    `/request_attempts?application_id=${tenant.application_id}&event.event_type_names=shop.order.paid`;
  const lengths: number[] = [];
  while (path) {
    const page: Awaited<ReturnType<typeof world.call>> = await world.call("GET", path, token);
    expect(page.status, page.text).toBe(200);
    lengths.push(page.json.length);
    seen.push(...page.json.map((attempt: { request_attempt_id: string }) => attempt.request_attempt_id));
    const link: string | null = page.headers.get("link");
    path = link && (/^<https:\/\/columba\.test\/api\/v1(.*)>; rel="next"$/.exec(link)?.[1] ?? null);
  }
  expect(lengths).toEqual([50, 50, 20]);
  expect(new Set(seen).size).toBe(120);
});

test("a browser may call the API with what Hook0's clients send", async () => {
  await using world = await createWorld();
  const preflight = await world.app.request(
    "/api/v1/events",
    {
      method: "OPTIONS",
      headers: {
        origin: "https://app.example",
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization,hook0-client-options",
      },
    },
    { clientIp: "::1" },
  );
  expect(preflight.headers.get("access-control-allow-headers")).toContain("Hook0-Client-Options");
  expect(preflight.headers.get("access-control-max-age")).toBe("3600");
  const answer = await world.call("GET", "/instance");
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect(answer.headers.get("x-frame-options")).toBe("DENY");
});
