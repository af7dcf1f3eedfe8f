import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { createTenant, createWorld, eventPost, subscriptionPost, type Tenant } from "../helpers/world.ts";

interface Case {
  readonly name: string;
  readonly body: (tenant: Tenant) => unknown;
  readonly answer: readonly [status: number, id: string];
  /** A part of the answer's detail that names what is wrong. */
  readonly names: string;
}

const labels = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`l${n}`, "x"]));
const without = (body: Record<string, unknown>, field: string) => {
  const { [field]: _, ...rest } = body;
  return rest;
};

const events: Case[] = [
  ...["event_type", "payload", "payload_content_type", "occurred_at", "labels"].map((field): Case => ({
    name: `${field} missing`,
    body: (tenant) => without(eventPost(tenant), field),
    answer: [400, "JsonPayload"],
    names: `${field}: is missing`,
  })),
  {
    name: "application missing",
    body: (t) => without(eventPost(t), "application_id"),
    answer: [400, "JsonPayload"],
    names: "application_id",
  },
  { name: "malformed JSON", body: () => '{"application_id":', answer: [400, "JsonPayload"], names: "body" },
  { name: "not an object", body: () => "null", answer: [400, "JsonPayload"], names: "body" },
  {
    name: "bad event UUID",
    body: (t) => eventPost(t, { event_id: "nope" }),
    answer: [400, "JsonPayload"],
    names: "event_id",
  },
  {
    name: "bad application UUID",
    body: (t) => eventPost(t, { application_id: "nope" }),
    answer: [400, "JsonPayload"],
    names: "application_id",
  },
  {
    name: "bad date",
    body: (t) => eventPost(t, { occurred_at: "yesterday" }),
    answer: [400, "JsonPayload"],
    names: "occurred_at",
  },
  {
    name: "number as payload",
    body: (t) => eventPost(t, { payload: 42 }),
    answer: [400, "JsonPayload"],
    names: "payload",
  },
  {
    name: "no labels",
    body: (t) => eventPost(t, { labels: {} }),
    answer: [422, "Validation"],
    names: "labels",
  },
  {
    name: "eleven labels",
    body: (t) => eventPost(t, { labels: labels(11) }),
    answer: [422, "Validation"],
    names: "labels",
  },
  {
    name: "a label too long",
    body: (t) => eventPost(t, { labels: { a: "é".repeat(26) } }),
    answer: [422, "Validation"],
    names: "labels",
  },
  {
    name: "an empty label",
    body: (t) => eventPost(t, { labels: { a: "" } }),
    answer: [422, "Validation"],
    names: "labels",
  },
  {
    name: "NUL in a label",
    body: (t) => eventPost(t, { labels: { a: "\u0000" } }),
    answer: [422, "Validation"],
    names: "labels",
  },
  {
    name: "half a character in a label",
    body: (t) => eventPost(t, { labels: { a: "\ud800" } }),
    answer: [422, "Validation"],
    names: "labels",
  },
  {
    name: "labels as a list",
    body: (t) => eventPost(t, { labels: ["customer"] }),
    answer: [400, "JsonPayload"],
    names: "labels: must be Object",
  },
  ...["__proto__", "constructor", "prototype"].flatMap((name) =>
    ["labels", "metadata"].map((field): Case => ({
      name: `${name} in ${field}`,
      body: (t) => eventPost(t, { [field]: JSON.parse(`{"a": "x", "${name}": "y"}`) }),
      answer: [400, "JsonPayload"],
      names: `${field}: must be an object that does not name ${name}`,
    })),
  ),
  {
    name: "too much metadata",
    body: (t) => eventPost(t, { metadata: labels(51) }),
    answer: [422, "Validation"],
    names: "metadata",
  },
  {
    name: "an event type too long",
    body: (t) => eventPost(t, { event_type: "x".repeat(201) }),
    answer: [422, "Validation"],
    names: "event_type",
  },
  {
    name: "a payload too long",
    body: (t) => eventPost(t, { payload: `"${"x".repeat(699_049)}"` }),
    answer: [422, "Validation"],
    names: "payload",
  },
  {
    name: "a body too large",
    body: (t) => eventPost(t, { payload: "x".repeat(2_100_000) }),
    answer: [400, "JsonPayload"],
    names: "body",
  },
  {
    name: "unknown event type",
    body: (t) => eventPost(t, { event_type: "no.such.type" }),
    answer: [400, "EventTypeDoesNotExist"],
    names: "no.such.type",
  },
  {
    name: "unknown content type",
    body: (t) => eventPost(t, { payload_content_type: "text/html" }),
    answer: [400, "EventInvalidPayloadContentType"],
    names: "payload_content_type",
  },
  {
    name: "payload is not JSON",
    body: (t) => eventPost(t, { payload: "{" }),
    answer: [400, "EventInvalidJsonPayload"],
    names: "payload",
  },
  {
    name: "payload is not base64",
    body: (t) => eventPost(t, { payload: "a*b=", payload_content_type: "application/octet-stream+base64" }),
    answer: [400, "EventInvalidBase64Payload"],
    names: "payload",
  },
  {
    name: "an unknown application",
    body: (t) => eventPost(t, { application_id: randomUUID() }),
    answer: [403, "Forbidden"],
    names: "",
  },
];

test("a bad event gets the documented answer that names the field, and leaves nothing", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  for (const { name, body, answer, names } of events) {
    const refused = await world.call("POST", "/event", tenant.application_secret, body(tenant));
    expect([refused.status, refused.json.id], `${name}: ${refused.text}`).toEqual(answer);
    expect(refused.json.detail, name).toContain(names);
  }
  const rows = await world.ctx.db.selectFrom("event").selectAll().execute();
  expect(rows).toEqual([]);
});

const subscriptions: Case[] = [
  {
    name: "labels of which one would be left out",
    body: (t) => subscriptionPost(t, "https://a.example", { labels: { customer: "1", constructor: "x" } }),
    answer: [400, "JsonPayload"],
    names: "labels: must be an object that does not name constructor",
  },
  {
    name: "a header that would be left out",
    body: (t) =>
      subscriptionPost(t, "", {
        target: { type: "http", method: "POST", url: "https://a.example", headers: { constructor: "x" } },
      }),
    answer: [400, "JsonPayload"],
    names: "target.headers: must be an object that does not name constructor",
  },
  {
    name: "labels given in no way",
    body: (t) => without(subscriptionPost(t, "https://a.example"), "labels"),
    answer: [400, "LabelsAmbiguity"],
    names: "label_key",
  },
  {
    name: "half of the legacy pair",
    body: (t) => ({ ...without(subscriptionPost(t, "https://a.example"), "labels"), label_key: "a" }),
    answer: [400, "LabelsAmbiguity"],
    names: "label_value",
  },
  {
    name: "no event types",
    body: (t) => subscriptionPost(t, "https://a.example", { event_types: [] }),
    answer: [422, "Validation"],
    names: "event_types",
  },
  {
    name: "an event type twice",
    body: (t) =>
      subscriptionPost(t, "https://a.example", { event_types: ["shop.order.paid", "shop.order.paid"] }),
    answer: [422, "Validation"],
    names: "event_types",
  },
  {
    name: "an unknown event type",
    body: (t) => subscriptionPost(t, "https://a.example", { event_types: ["no.such.type"] }),
    answer: [400, "EventTypeDoesNotExist"],
    names: "no.such.type",
  },
  {
    name: "workers",
    body: (t) => subscriptionPost(t, "https://a.example", { dedicated_workers: ["mine"] }),
    answer: [400, "UnauthorizedWorkers"],
    names: "dedicated_workers",
  },
  {
    name: "a description too long",
    body: (t) => subscriptionPost(t, "https://a.example", { description: "x".repeat(101) }),
    answer: [422, "Validation"],
    names: "description",
  },
  ...[
    "ftp://a.example",
    "nonsense",
    "https://",
    `https://a.example/${"x".repeat(1_000)}`,
    "https://user:pass@a.example",
  ].map((url): Case => ({
    name: `the URL ${url.slice(0, 40)}`,
    body: (t) => subscriptionPost(t, url),
    answer: [422, "Validation"],
    names: "target.url",
  })),
  ...[
    { "bad name": "x" },
    { "transfer-encoding": "chunked" },
    { a: "line\nbreak" },
    { X: "1", x: "2" },
    labels(11),
  ].map((headers): Case => ({
    name: `the headers ${JSON.stringify(headers).slice(0, 40)}`,
    body: (t) =>
      subscriptionPost(t, "", {
        target: { type: "http", method: "POST", url: "https://a.example", headers },
      }),
    answer: [422, "Validation"],
    names: "target.headers",
  })),
];

test("a bad subscription gets the documented answer that names the field, and leaves nothing", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  for (const { name, body, answer, names } of subscriptions) {
    const refused = await world.call("POST", "/subscriptions", tenant.application_secret, body(tenant));
    expect([refused.status, refused.json.id], `${name}: ${refused.text}`).toEqual(answer);
    expect(refused.json.detail, name).toContain(names);
    if (answer[1] === "Validation" && names.startsWith("target."))
      expect(refused.json.validation.target).toBeDefined();
  }
  expect(await world.ctx.db.selectFrom("subscription").selectAll().execute()).toEqual([]);
});

test.each([
  [
    "/replays",
    { filter: { event_types: ["shop.order.paid"] } },
    "filter: must have no field but event_type_names",
  ],
  ["/replays", { filter: {}, dryrun: true }, "body: must have no field but application_id"],
  [
    "/dead_letters/retry",
    { filter: { event_type: "a.b.c" } },
    "filter: must have no field but subscription_id",
  ],
  ["/dead_letters/retry", { request_attempts: [] }, "body: must have no field but application_id"],
])(
  "%s with a misspelt limit %o is refused: without it everything would be sent again",
  async (path, body, detail) => {
    await using world = await createWorld();
    const { application_id, service_token } = await createTenant(world);
    const refused = await world.call("POST", path, service_token, { application_id, ...body });
    expect([refused.status, refused.json.id], refused.text).toEqual([400, "JsonPayload"]);
    expect(refused.json.detail).toContain(detail);
  },
);

test("an event id is taken within its application, and means nothing to another", async () => {
  await using world = await createWorld();
  const [own, other] = [await createTenant(world, "Own"), await createTenant(world, "Other")];
  const event_id = randomUUID();
  const post = (tenant: Tenant) =>
    world.call("POST", "/event", tenant.application_secret, eventPost(tenant, { event_id }));
  expect((await post(own)).status).toBe(201);
  expect((await post(own)).json).toMatchObject({ status: 409, id: "EventAlreadyIngested" });
  expect((await post(other)).status).toBe(201);
});

test("a deactivated event type is refused until it is created again", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const token = tenant.application_secret;
  const path = `/event_types/shop.order.paid?application_id=${tenant.application_id}`;
  expect((await world.call("DELETE", path, token)).status).toBe(204);
  expect((await world.call("POST", "/event", token, eventPost(tenant))).json.id).toBe(
    "EventTypeDoesNotExist",
  );
  const type = {
    application_id: tenant.application_id,
    service: "shop",
    resource_type: "order",
    verb: "paid",
  };
  expect((await world.call("POST", "/event_types", token, type)).status).toBe(201);
  expect((await world.call("POST", "/event", token, eventPost(tenant))).status).toBe(201);
});

test("ids in a path that cannot be one are NotFound, in a query Validation", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const inApplication = `application_id=${tenant.application_id}`;
  const get = async (path: string) => (await world.call("GET", path, tenant.service_token)).json.id;
  expect(await get(`/events/nope?${inApplication}`)).toBe("NotFound");
  expect(await get(`/events/${randomUUID()}?${inApplication}`)).toBe("NotFound");
  expect(await get(`/applications/nope`)).toBe("NotFound");
  expect(await get(`/subscriptions/${randomUUID()}`)).toBe("NotFound");
  expect(await get(`/events?application_id=nope`)).toBe("Validation");
  expect(await get(`/request_attempts?${inApplication}&event_id=nope`)).toBe("Validation");
  expect(await get(`/request_attempts?${inApplication}&pagination_cursor=nope`)).toBe("Validation");
});

test.each([
  "http://127.0.0.1/",
  "http://10.0.0.8/",
  "http://2130706433/",
  "http://[::1]/",
  "http://[::ffff:7f00:1]/",
  "http://localhost/",
  "https://a.example:22/",
  "https://a.example:6667/",
])("a subscription to %s is refused when it is made", async (url) => {
  await using world = await createWorld({ publicTargetsOnly: true });
  const tenant = await createTenant(world);
  const made = await world.call(
    "POST",
    "/subscriptions",
    tenant.service_token,
    subscriptionPost(tenant, url),
  );
  expect(made.json).toMatchObject({
    status: 422,
    validation: { target: { url: [{ code: url.includes("a.example") ? "web_port" : "public_target" }] } },
  });
  const fine = subscriptionPost(tenant, "https://hooks.example.com:8443/");
  expect((await world.call("POST", "/subscriptions", tenant.service_token, fine)).status).toBe(201);
});
