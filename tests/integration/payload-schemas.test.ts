import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { createIngestor } from "#core/ingestor.ts";
import { Problem } from "#core/problem.ts";
import { orderSchema, putSchema } from "../helpers/payload-schemas.ts";
import { countRoundTrips } from "../helpers/round-trips.ts";
import { createTenant, createWorld, eventPost, type Tenant, type World } from "../helpers/world.ts";

const good = JSON.stringify({ order: 42 });
const bad = JSON.stringify({ order: -1 });
const path = "/event_types/shop.order.paid";

const send = (world: World, tenant: Tenant, payload: string, extra: object = {}) =>
  world.call("POST", "/event", tenant.service_token, eventPost(tenant, { payload, ...extra }));
const read = (world: World, tenant: Tenant, route: string) =>
  world.call("GET", `${route}?application_id=${tenant.application_id}`, tenant.service_token);
const countEvents = async (world: World) => {
  const { rows } = await sql<{ count: number }>`select count(*)::int from event`.execute(world.ctx.db);
  return rows[0]?.count;
};

test("enforce refuses what breaks the schema, names the JSON pointer, and stores nothing", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  await putSchema(world, tenant, "enforce");
  const refused = await send(world, tenant, bad);
  expect(refused.status).toBe(422);
  expect(refused.json).toMatchObject({ id: "Validation", detail: "payload/order: must be >= 0" });
  expect(refused.json.validation).toEqual({
    payload: [{ code: "minimum", message: "must be >= 0", params: { pointer: "/order" } }],
  });
  expect(await countEvents(world)).toBe(0);
  expect((await send(world, tenant, good)).status).toBe(201);
  expect((await send(world, tenant, "{")).json.id).toBe("EventInvalidJsonPayload");
  const text = await send(world, tenant, "order 42", { payload_content_type: "text/plain" });
  expect(text.json.detail).toMatch(/^payload: must be application\/json/);
  expect((await read(world, tenant, `${path}/schema_statistics`)).json).toMatchObject([
    { warned: 0, refused: 2 },
  ]);
});

test("warn stores the event, delivers it, and keeps what is wrong with it; off says nothing", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  await putSchema(world, tenant, "warn");
  const warned = await send(world, tenant, bad);
  const clean = await send(world, tenant, good);
  expect((await read(world, tenant, `/events/${warned.json.event_id}`)).json).toMatchObject({
    schema_version: 1,
    schema_warnings: [{ pointer: "/order", keyword: "minimum", message: "must be >= 0" }],
  });
  expect((await read(world, tenant, `/events/${clean.json.event_id}`)).json).toMatchObject({
    schema_version: 1,
    schema_warnings: null,
  });
  await putSchema(world, tenant, "off");
  const off = await send(world, tenant, bad);
  expect((await read(world, tenant, `/events/${off.json.event_id}`)).json).toMatchObject({
    schema_version: null,
    schema_warnings: null,
  });
  expect((await read(world, tenant, `${path}/schema_statistics`)).json).toMatchObject([
    { warned: 1, refused: 0 },
  ]);
});

test("keys that Postgres cannot store do not break a warning", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  await putSchema(world, tenant, "warn", { additionalProperties: { type: "string" } });
  const keys = ["\u0000", "\ud800", "x".repeat(5_000), "a/b~c"];
  const sent = await send(world, tenant, JSON.stringify(Object.fromEntries(keys.map((key) => [key, 1]))));
  expect(sent.status).toBe(201);
  const { schema_warnings } = (await read(world, tenant, `/events/${sent.json.event_id}`)).json;
  const pointers = schema_warnings.map(({ pointer }: { pointer: string }) => pointer);
  expect(pointers).toEqual(["/\uFFFD", "/\uFFFD", `/${"x".repeat(199)}`, "/a~1b~0c"]);
});

test("a type without a schema costs one round trip, a known schema none more, an unknown one two more", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const trips = (payload: string) => countRoundTrips(() => send(world, tenant, payload));
  expect(await trips(good)).toBe(1);
  await putSchema(world, tenant, "enforce");
  expect([await trips(good), await trips(good), await trips(bad)]).toEqual([3, 1, 1]);
  await putSchema(world, tenant, "warn");
  expect([await trips(bad), await trips(bad)]).toEqual([3, 1]);
  await putSchema(world, tenant, "off");
  expect([await trips(bad), await trips(bad)]).toEqual([3, 1]);
});

test("a change holds from the next request on in every function instance", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const credential = { kind: "application_secret", secret: tenant.application_secret } as const;
  const instances = [createIngestor(world.ctx), createIngestor(world.ctx)];
  const ask = async () =>
    Promise.all(
      instances.map(async (instance) => {
        const event = { ...eventPost(tenant, { payload: bad }), occurred_at: world.ctx.now() };
        const { result } = await instance.ingestOne({
          event: { ...event, event_id: null, metadata: {} },
          ip: "192.0.2.7",
          credential,
        });
        return result instanceof Problem ? result.id : "stored";
      }),
    );
  expect(await ask()).toEqual(["stored", "stored"]);
  await putSchema(world, tenant, "enforce");
  expect(await ask()).toEqual(["Validation", "Validation"]);
  await putSchema(world, tenant, "enforce", { type: "object" });
  expect(await ask()).toEqual(["stored", "stored"]);
  const back = { application_id: tenant.application_id, mode: "enforce", version: 1 };
  const set = await world.call("PUT", `${path}/schema_mode`, tenant.service_token, back);
  expect(set.json).toMatchObject({ schema_mode: "enforce", schema_version: 1 });
  expect(await ask()).toEqual(["Validation", "Validation"]);
});

test("events of one statement are judged each by its own type's schema", async () => {
  await using world = await createWorld();
  const [tenant, other] = [await createTenant(world), await createTenant(world, "Other")];
  await putSchema(world, tenant, "enforce");
  await putSchema(world, other, "enforce", { type: "object", required: ["colour"] });
  for (const temperature of ["cold", "warm"]) {
    const answers = await Promise.all([
      ...[good, bad, good, bad].map((payload) => send(world, tenant, payload)),
      ...[good, '{"colour":1}'].map((payload) => send(world, other, payload)),
    ]);
    expect(
      answers.map(({ status }) => status),
      temperature,
    ).toEqual([201, 422, 201, 422, 422, 201]);
  }
  const batch = [good, bad, good].map((payload) => eventPost(tenant, { payload }));
  const { json } = await world.call("POST", "/events/batch", tenant.service_token, batch);
  expect(json.map(({ status }: { status: number }) => status)).toEqual([201, 422, 201]);
  expect(json[1]).toMatchObject({ pointer: "/payload", problem: { detail: "payload/order: must be >= 0" } });
});

test("an event refused by its schema does not spend its Idempotency-Key", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  await putSchema(world, tenant, "enforce");
  const body = eventPost(tenant, { payload: bad });
  const ask = () =>
    world.call("POST", "/event", tenant.service_token, body, { "Idempotency-Key": "order-42" });
  expect((await ask()).status).toBe(422);
  await putSchema(world, tenant, "off");
  expect((await ask()).status).toBe(201);
  expect((await ask()).headers.get("idempotency-replayed")).toBe("true");
  expect(await countEvents(world)).toBe(1);
});

test("whoever may not send learns nothing of the schema", async () => {
  await using world = await createWorld();
  const [tenant, stranger] = [await createTenant(world), await createTenant(world, "Stranger")];
  await putSchema(world, tenant, "enforce");
  await send(world, tenant, good);
  const foreign = await world.call(
    "POST",
    "/event",
    stranger.application_secret,
    eventPost(tenant, { payload: bad }),
  );
  expect(foreign.json.id).toBe("Forbidden");
  for (const route of [`${path}/schemas`, `${path}/schemas/1`, `${path}/schemas/1/example`]) {
    const asked = `${route}?application_id=${tenant.application_id}`;
    expect((await world.call("GET", asked, stranger.service_token)).status, route).toBe(403);
    expect((await read(world, stranger, route)).status, route).toBe(route.endsWith("schemas") ? 200 : 404);
  }
  expect((await read(world, stranger, `${path}/schemas`)).json).toEqual([]);
});

test("versions are numbered from 1, also when they come at the same moment, and never change", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const schemas = [orderSchema, { type: "object" }, { type: "array" }];
  await Promise.all(schemas.map((schema) => putSchema(world, tenant, "warn", schema)));
  const listed = (await read(world, tenant, `${path}/schemas`)).json;
  expect(listed.map(({ version }: { version: number }) => version)).toEqual([3, 2, 1]);
  const kept = await Promise.all(
    [1, 2, 3].map(async (version) => (await read(world, tenant, `${path}/schemas/${version}`)).json.schema),
  );
  expect(kept).toEqual(expect.arrayContaining(schemas));
  expect((await read(world, tenant, path)).json).toMatchObject({ schema_mode: "warn", schema_version: 3 });
  for (const absent of ["0", "4", "x", "99999999999"]) {
    expect((await read(world, tenant, `${path}/schemas/${absent}`)).status, absent).toBe(404);
  }
  for (const body of [{ mode: "warn", version: 4 }, { mode: "strict" }]) {
    const request = { application_id: tenant.application_id, ...body };
    const set = await world.call("PUT", `${path}/schema_mode`, tenant.service_token, request);
    expect([400, 422]).toContain(set.status);
  }
});

test("a dry run judges a payload or the stored events by a draft, and changes nothing", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  for (const payload of [good, bad, good]) await send(world, tenant, payload);
  const text = await send(world, tenant, "42", { payload_content_type: "text/plain" });
  const dryRun = (body: object) =>
    world.call("POST", `${path}/schemas/dry_run`, tenant.service_token, {
      application_id: tenant.application_id,
      ...body,
    });

  expect((await dryRun({})).status, "no schema to try").toBe(404);
  const stored = (await dryRun({ schema: orderSchema })).json;
  expect(stored).toMatchObject({ checked: 4, conforming: 2 });
  expect(stored.failures[0]).toMatchObject({
    event_id: text.json.event_id,
    findings: [{ keyword: "content_type" }],
  });
  expect(stored.failures[1].findings).toEqual([
    { pointer: "/order", keyword: "minimum", message: "must be >= 0" },
  ]);
  expect((await dryRun({ schema: orderSchema, payload: bad })).json).toMatchObject({
    checked: 1,
    conforming: 0,
    failures: [{ event_id: null }],
  });
  expect((await dryRun({ schema: orderSchema, payload: "{" })).json.failures[0].findings[0].keyword).toBe(
    "json",
  );
  const refused = await dryRun({ schema: { properties: { order: { type: "number!" } } } });
  expect(refused.json.detail).toMatch(/^schema\/properties\/order\/type: is not JSON Schema 2020-12/);
  expect((await read(world, tenant, `${path}/schemas`)).json).toEqual([]);
  expect((await read(world, tenant, path)).json).toMatchObject({ schema_mode: "off", schema_version: null });

  await putSchema(world, tenant, "warn");
  expect((await dryRun({})).json).toEqual(stored);
  expect((await dryRun({ version: 1 })).json).toEqual(stored);
  expect((await dryRun({ version: 2 })).status).toBe(404);
  const audit = `/audit_log?organization_id=${tenant.organization_id}`;
  const log = await world.call("GET", audit, tenant.service_token);
  expect(log.text).toContain("schema:create");
  expect(log.text).not.toContain("schema:try");
});

test("a dry run looks at the last hundred events of the type", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const event = () => eventPost(tenant, { event_id: randomUUID(), payload: good });
  await world.call("POST", "/events/batch", tenant.service_token, Array.from({ length: 40 }, event));
  world.advance(1);
  const later = Array.from({ length: 95 }, () => eventPost(tenant, { payload: bad }));
  await world.call("POST", "/events/batch", tenant.service_token, later);
  const body = { application_id: tenant.application_id, schema: orderSchema };
  const { json } = await world.call("POST", `${path}/schemas/dry_run`, tenant.service_token, body);
  expect(json).toMatchObject({ checked: 100, conforming: 5 });
  expect(json.failures).toHaveLength(10);
});

test("a payload that takes for ever is refused in bounded time, and others beside it are judged", async () => {
  await using world = await createWorld();
  const [tenant, hostile] = [await createTenant(world), await createTenant(world, "Hostile")];
  await putSchema(world, tenant, "enforce");
  const node = {
    properties: { c: { anyOf: [{ $ref: "#/$defs/n" }, { $ref: "#/$defs/n" }] } },
    not: { const: 1 },
  };
  await putSchema(world, hostile, "enforce", { $defs: { n: node }, $ref: "#/$defs/n" });
  const endless = `${'{"c":'.repeat(60)}1${"}".repeat(60)}`;
  for (const payload of ["{}", "{}"]) expect((await send(world, hostile, payload)).status).toBe(201);
  const answers = await Promise.all([
    send(world, hostile, endless),
    send(world, tenant, good),
    send(world, tenant, bad),
    send(world, hostile, "{}"),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([422, 201, 422, 201]);
  expect(answers[0]?.json.validation.payload[0].code).toBe("time");
});
