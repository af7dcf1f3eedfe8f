import { expect, test } from "vitest";
import { concernsCredentials } from "#core/auth/action.ts";
import { portalLimits } from "#core/auth/delegate.ts";
import type { TokenLimits } from "#core/auth/token-limits.ts";
import { delegated } from "../helpers/attenuate.ts";
import { createFixtures } from "../helpers/fixtures.ts";
import { startReceiver } from "../helpers/receiver.ts";
import { routeCases, type Fixtures, type RouteCase } from "../helpers/routes.ts";
import { createTenant, createWorld, eventPost, subscriptionPost, type World } from "../helpers/world.ts";

type Limit = "labels" | "eventTypes" | "subscription";

/** How a request is narrowed to one subscription, label or event type, where a route only concerns those it is told. */
type Narrowed = Readonly<Partial<Record<Limit, (tenant: Fixtures) => object>>>;

const attempts = {
  labels: () => ({ label: "customer=1" }),
  eventTypes: () => ({ "event.event_type_names": "shop.order.paid" }),
  subscription: ({ subscription_id }: Fixtures) => ({ subscription_id }),
};
const filter: Narrowed = {
  labels: () => ({ filter: { labels: { customer: "1" } } }),
  eventTypes: () => ({ filter: { event_type_names: ["shop.order.paid"] } }),
  subscription: ({ subscription_id }) => ({ filter: { subscription_id } }),
};
const subject: Narrowed = { labels: () => ({}), eventTypes: () => ({}), subscription: () => ({}) };
const event: Narrowed = { labels: () => ({}), eventTypes: () => ({}) };
const eventType: Narrowed = { eventTypes: () => ({}) };
const nothing: Narrowed = {};

/** What each route in an application concerns. A token limited by anything else may not take it. */
const concerns: Readonly<Record<string, Narrowed>> = {
  "GET /applications/:application_id": nothing,
  "PUT /applications/:application_id": nothing,
  "DELETE /applications/:application_id": nothing,
  "GET /application_secrets": nothing,
  "POST /application_secrets": nothing,
  "PUT /application_secrets/:application_secret_token": nothing,
  "DELETE /application_secrets/:application_secret_token": nothing,
  "GET /event_types": nothing,
  "POST /event_types": eventType,
  "GET /event_types/:event_type_name": eventType,
  "DELETE /event_types/:event_type_name": eventType,
  "GET /event_types/:event_type_name/schemas": eventType,
  "POST /event_types/:event_type_name/schemas": eventType,
  "POST /event_types/:event_type_name/schemas/dry_run": eventType,
  "GET /event_types/:event_type_name/schemas/:version": eventType,
  "GET /event_types/:event_type_name/schemas/:version/example": eventType,
  "PUT /event_types/:event_type_name/schema_mode": eventType,
  "GET /event_types/:event_type_name/schema_statistics": eventType,
  "GET /subscriptions": { labels: () => ({ label: "customer=1" }) },
  "POST /subscriptions": event,
  "GET /subscriptions/:subscription_id": subject,
  "GET /subscriptions/:subscription_id/health": subject,
  "PUT /subscriptions/:subscription_id": subject,
  "POST /subscriptions/:subscription_id/rotate_secret": subject,
  "DELETE /subscriptions/:subscription_id": subject,
  "POST /event": event,
  "POST /events/batch": event,
  "GET /events": {
    labels: () => ({ label: "customer=1" }),
    eventTypes: () => ({ event_type_names: "shop.order.paid" }),
  },
  "GET /events/:event_id": event,
  "POST /events/:event_id/replay": event,
  "GET /events/:event_id/explanation": subject,
  "POST /explanations": subject,
  "POST /replays": filter,
  "GET /replays": nothing,
  "GET /replays/:replay_id": filter,
  "POST /replays/:replay_id/:change{pause|resume|cancel}": filter,
  "GET /request_attempts": attempts,
  "GET /request_attempts/:request_attempt_id": subject,
  "POST /request_attempts/:request_attempt_id/retry": subject,
  "GET /analytics": {
    labels: attempts.subscription,
    eventTypes: () => ({ event_type: "shop.order.paid" }),
    subscription: attempts.subscription,
  },
  "GET /delivery_statistics": { labels: attempts.subscription, subscription: attempts.subscription },
  "GET /responses/:response_id": subject,
  "GET /dead_letters": attempts,
  "POST /dead_letters/retry": filter,
  "POST /erasures": { labels: () => ({ labels: { customer: "1", nobody: "yes" } }) },
  "GET /erasures": nothing,
  "GET /erasures/:erasure_id": { labels: () => ({}) },
  "GET /events_per_day/application": nothing,
};

const limitsOf = (limit: Limit, tenant: Fixtures): { own: TokenLimits; other: TokenLimits } => {
  switch (limit) {
    case "labels":
      return { own: { labels: { customer: "1" } }, other: { labels: { customer: "2" } } };
    case "eventTypes":
      return { own: { eventTypes: ["shop.*.paid", "a.**"] }, other: { eventTypes: ["shop.*.sent"] } };
    case "subscription":
      return {
        own: { subscriptionIds: [tenant.subscription_id] },
        other: { subscriptionIds: [crypto.randomUUID()] },
      };
  }
};

const inApplication = routeCases.filter(({ scope }) => scope === "application");
const nameOf = ({ method, route }: RouteCase) => `${method} ${route}`;

test("the table says of every route in an application what it concerns", () => {
  expect(new Set(Object.keys(concerns))).toEqual(new Set(inApplication.map(nameOf)));
});

/** The request, narrowed by this: in the query of a GET, else in the body. */
function narrow({ method, request }: RouteCase, tenant: Fixtures, by: object) {
  const { path, body } = request(tenant);
  if (Object.keys(by).length === 0) return { path, body };
  if (method !== "GET") return { path, body: Object.assign({}, body, by) };
  return { path: `${path}&${new URLSearchParams({ ...by })}`, body };
}

test.each<Limit>(["labels", "eventTypes", "subscription"])(
  "a token limited by %s may do on every route what concerns its own, and nothing else",
  async (limit) => {
    await using world = await createWorld();
    await using receiver = await startReceiver();
    const made = await createFixtures(world, receiver.url);
    const tenant = await createJobs(world, made, limit);
    const { own, other } = limitsOf(limit, tenant);
    const ownToken = await delegated(tenant.service_token, own);
    const otherToken = await delegated(tenant.service_token, other);
    for (const route of inApplication) {
      const name = nameOf(route);
      const by = concerns[name]?.[limit]?.(tenant);
      const { path, body } = narrow(route, tenant, by ?? {});
      const refused = await world.call(route.method, path, otherToken, body);
      expect(refused.status, `${name}, another ${limit}: ${refused.text}`).toBe(403);
      if (by && Object.keys(by).length > 0 && !route.route.includes("/:")) {
        const whole = route.request(tenant);
        const unnarrowed = await world.call(route.method, whole.path, ownToken, whole.body);
        expect(unnarrowed.status, `${name}, not narrowed: ${unnarrowed.text}`).toBe(403);
      }
      const answer = await world.call(route.method, path, ownToken, body);
      expect(answer.status, `${name}, its own ${limit}: ${answer.text}`).toBe(by ? route.success : 403);
    }
  },
);

/** The fixtures, with jobs that concern what the limit allows. */
async function createJobs(world: World, tenant: Fixtures, limit: Limit): Promise<Fixtures> {
  const { application_id } = tenant;
  const body = { application_id, filter: {}, ...filter[limit]?.(tenant) };
  const replay = await world.call("POST", "/replays", tenant.service_token, body);
  const labels = { customer: "1", nobody: "yes" };
  // Its labels are forgotten when it has ended: it is held back from that.
  const erasure = await world.ctx.db
    .insertInto("erasure")
    .values({
      application_id,
      is_all_events: false,
      labels: JSON.stringify(labels),
      max_received_at: world.ctx.now(),
      state: "running",
      advanced_at: world.ctx.now(),
      created_at: world.ctx.now(),
    })
    .returning("erasure_id")
    .executeTakeFirstOrThrow();
  return { ...tenant, replay_id: replay.json.replay_id, erasure_id: erasure.erasure_id };
}

test("a token limited to networks is refused from elsewhere, on every route", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await createFixtures(world, receiver.url);
  const here = await delegated(tenant.service_token, { sourceNetworks: ["2001:db8::/32", "192.0.2.0/24"] });
  const elsewhere = await delegated(tenant.service_token, {
    sourceNetworks: ["192.0.3.0/24", "2001:db8::/32"],
  });
  for (const route of routeCases) {
    if (route.scope === "person") continue;
    const { path, body } = route.request(tenant);
    const refused = await world.call(route.method, path, elsewhere, body);
    expect(refused.status, nameOf(route)).toBe(403);
    const answer = await world.call(route.method, path, here, body);
    const handsOutRights = concernsCredentials(route.action);
    expect(answer.status, `${nameOf(route)}: ${answer.text}`).toBe(handsOutRights ? 403 : route.success);
  }
});

/** An application with two customers, each with a subscription and a delivered event. */
async function twoCustomers(world: World, url: string) {
  const tenant = await createTenant(world);
  const token = tenant.service_token;
  const own: Record<string, { subscription_id: string; event_id: string; request_attempt_id: string }> = {};
  for (const customer of ["1", "2"]) {
    const labels = { customer };
    const made = await world.call("POST", "/subscriptions", token, subscriptionPost(tenant, url, { labels }));
    const sent = await world.call("POST", "/event", token, eventPost(tenant, { labels }));
    const { subscription_id } = made.json;
    const { event_id } = sent.json;
    const path = `/request_attempts?application_id=${tenant.application_id}&event_id=${event_id}`;
    const { json } = await world.call("GET", path, token);
    own[customer] = { subscription_id, event_id, request_attempt_id: json[0].request_attempt_id };
  }
  await world.runDelivery(await world.receive());
  return { ...tenant, own };
}

const portalOf = (
  world: World,
  tenant: { application_id: string; service_token: string },
  customer: string,
) =>
  delegated(
    tenant.service_token,
    portalLimits({
      applicationId: tenant.application_id,
      labels: { customer },
      expiresAt: new Date(world.ctx.now().getTime() + 3_600_000),
    }),
  );

test("whatever a list does not know narrows nothing: no parameter opens what is another customer's", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await twoCustomers(world, receiver.url);
  const portal = await portalOf(world, tenant, "1");
  const every = new URLSearchParams({
    application_id: tenant.application_id,
    subscription_id: tenant.own["1"]?.subscription_id ?? "",
    event_type_names: "shop.order.paid",
    "event.event_type_names": "shop.order.paid",
  });
  for (const parameters of [every.toString(), `${every}&label=customer=1`, `${every}&label=customer=2`]) {
    for (const route of inApplication.filter(
      ({ method, route: path }) => method === "GET" && !path.includes(":"),
    )) {
      const [path] = route.request({ ...tenant } as unknown as Fixtures).path.split("?");
      const answer = await world.call("GET", `${path}?${parameters}`, portal);
      const { subscription_id, event_id, request_attempt_id } = tenant.own["2"] ?? {};
      for (const id of [subscription_id, event_id, request_attempt_id])
        expect(answer.text, `${nameOf(route)}?${parameters}`).not.toContain(id);
    }
  }
});

test("a portal token sees and manages the subscriptions and attempts of its own label alone", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await twoCustomers(world, receiver.url);
  const portal = await portalOf(world, tenant, "1");
  const { application_id, own } = tenant;
  const get = async (path: string) => world.call("GET", `${path}application_id=${application_id}`, portal);

  const subscriptions = await get("/subscriptions?label=customer=1&");
  expect(subscriptions.json.map((one: { subscription_id: string }) => one.subscription_id)).toEqual([
    own["1"]?.subscription_id,
  ]);
  const listed = await get("/request_attempts?label=customer=1&");
  expect(listed.json).toMatchObject([{ request_attempt_id: own["1"]?.request_attempt_id }]);
  expect((await get("/event_types?")).status).toBe(200);
  expect((await get(`/responses/${own["1"]?.request_attempt_id}?`)).status).toBe(200);

  for (const [path, status] of [
    [`/subscriptions/${own["2"]?.subscription_id}?`, 403],
    [`/request_attempts/${own["2"]?.request_attempt_id}?`, 403],
    [`/responses/${own["2"]?.request_attempt_id}?`, 403],
    ["/subscriptions?label=customer=2&", 403],
    ["/subscriptions?", 403],
    ["/request_attempts?", 403],
    [`/request_attempts?subscription_id=${own["2"]?.subscription_id}&`, 403],
    [`/events/${own["1"]?.event_id}?`, 403],
    ["/application_secrets?", 403],
  ] as const) {
    expect((await get(path)).status, path).toBe(status);
  }
});

test("a portal token can neither take a subscription over nor give one away", async () => {
  await using world = await createWorld();
  const tenant = await twoCustomers(world, "https://a.example/");
  const portal = await portalOf(world, tenant, "1");
  const put = (subscription_id: string | undefined, customer: string) =>
    world.call(
      "PUT",
      `/subscriptions/${subscription_id}`,
      portal,
      subscriptionPost(tenant, "https://b.example/", { labels: { customer } }),
    );
  expect((await put(tenant.own["2"]?.subscription_id, "1")).status).toBe(403);
  expect((await put(tenant.own["1"]?.subscription_id, "2")).status).toBe(403);
  expect((await put(tenant.own["1"]?.subscription_id, "1")).status).toBe(200);
  const retry = (customer: string) =>
    world.call("POST", "/dead_letters/retry", portal, {
      application_id: tenant.application_id,
      request_attempt_ids: [tenant.own["1"]?.request_attempt_id, tenant.own[customer]?.request_attempt_id],
    });
  expect((await retry("2")).status).toBe(403);
  expect((await retry("1")).status).toBe(200);
});

test("of a batch a limited token sends what it may, and is told of the rest", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const token = await delegated(tenant.service_token, {
    labels: { customer: "1" },
    actions: ["event:ingest"],
  });
  const batch = [eventPost(tenant), eventPost(tenant, { labels: { customer: "2" } }), eventPost(tenant)];
  const { json } = await world.call("POST", "/events/batch", token, batch);
  expect(json.map((one: { status: number }) => one.status)).toEqual([201, 403, 201]);
});

test("a limited copy can fetch no credential without its limits, unless it was made to", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const expiresAt = new Date(world.ctx.now().getTime() + 60_000);
  const secrets = `/application_secrets?application_id=${tenant.application_id}`;
  const tokens = `/service_token?organization_id=${tenant.organization_id}`;
  const copy = await delegated(tenant.service_token, { expiresAt });
  expect((await world.call("GET", tokens, copy)).status).toBe(403);
  expect((await world.call("GET", secrets, copy)).status).toBe(403);
  const keeper = await delegated(tenant.service_token, { expiresAt, actions: ["application_secret:list"] });
  expect((await world.call("GET", secrets, keeper)).status).toBe(200);
  expect((await world.call("GET", tokens, keeper)).status).toBe(403);
});
