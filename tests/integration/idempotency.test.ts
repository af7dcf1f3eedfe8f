import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { createTenant, createWorld, eventPost, subscriptionPost, type Tenant } from "../helpers/world.ts";

const creations: Record<string, (tenant: Tenant) => { path: string; body: unknown }> = {
  event: (tenant) => ({ path: "/event", body: eventPost(tenant) }),
  batch: (tenant) => ({ path: "/events/batch", body: [eventPost(tenant), eventPost(tenant)] }),
  application: ({ organization_id }) => ({ path: "/applications", body: { organization_id, name: "Twice" } }),
  secret: ({ application_id }) => ({ path: "/application_secrets", body: { application_id } }),
  subscription: (tenant) => ({
    path: "/subscriptions",
    body: subscriptionPost(tenant, "https://a.example/"),
  }),
  "event type": ({ application_id }) => ({
    path: "/event_types",
    body: { application_id, service: "a", resource_type: "b", verb: "c" },
  }),
  token: ({ organization_id }) => ({ path: "/service_token", body: { organization_id, name: "Twice" } }),
};

test.each(Object.entries(creations))(
  "%s: the same key is answered once, also at the same moment",
  async (_, creation) => {
    await using world = await createWorld();
    const tenant = await createTenant(world);
    const { path, body } = creation(tenant);
    const headers = { "idempotency-key": randomUUID() };
    const post = () => world.call("POST", path, tenant.service_token, body, headers);
    const answers = await Promise.all([post(), post(), post(), post()]);
    const late = await post();
    const [first] = answers;
    expect(first?.status, first?.text).toBeLessThan(300);
    expect([...answers, late].map(({ status, text }) => [status, text])).toEqual(
      Array.from({ length: 5 }, () => [first?.status, first?.text]),
    );
    expect(answers.filter(({ headers }) => headers.get("idempotency-replayed") === "true")).toHaveLength(3);
  },
);

test("a key is for one body, one credential and one route, and for a day", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const post = (token: string, extra: object = {}, key = "k1") =>
    world.call("POST", "/event", token, eventPost(tenant, extra), { "idempotency-key": key });
  const first = await post(tenant.service_token);
  const reused = await post(tenant.service_token, { labels: { customer: "2" } });
  expect([reused.status, reused.json.id]).toEqual([422, "Validation"]);
  expect(reused.json.validation).toHaveProperty("Idempotency-Key");
  expect((await post(tenant.application_secret)).json.event_id).not.toBe(first.json.event_id);
  expect((await post(tenant.service_token, {}, "")).json.id).toBe("Validation");
  world.advance(23 * 3_600);
  expect((await post(tenant.service_token)).json.event_id).toBe(first.json.event_id);
  world.advance(2 * 3_600);
  expect((await post(tenant.service_token)).json.event_id).not.toBe(first.json.event_id);
});

test("a refused request may come again with its key, corrected; a revoked token gets no old answer", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const { organization_id, service_token, token_id } = tenant;
  const headers = { "idempotency-key": "k" };
  const bad = await world.call("POST", "/event", service_token, eventPost(tenant, { labels: {} }), headers);
  expect(bad.status).toBe(422);
  expect((await world.call("POST", "/event", service_token, eventPost(tenant), headers)).status).toBe(201);
  await world.call("DELETE", `/service_token/${token_id}?organization_id=${organization_id}`, service_token);
  expect((await world.call("POST", "/event", service_token, eventPost(tenant), headers)).status).toBe(403);
});

test("a request that died with its key is carried out by the next once its lease is over", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const post = () =>
    world.call("POST", "/event", tenant.service_token, eventPost(tenant), { "idempotency-key": "k" });
  await post();
  await world.ctx.db.updateTable("idempotency_key").set({ status: null, body: null }).execute();
  world.advance(61);
  expect((await post()).status).toBe(201);
});
