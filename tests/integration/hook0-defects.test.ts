import { expect, test } from "vitest";
import { createMember, createTenant, createWorld, eventPost, subscriptionPost } from "../helpers/world.ts";

// Defects of Hook0 (reference 11.1) that no other file shows to be absent. Elsewhere: 1 backoff (unit); 2, 7 wire-format;
// 3, 4, 5 bad-input; 6, 17 organizations; 9, 11 sender; 10 delivery; 13 accounts; 14 quotas.

test("16: an address that a client claims to forward for is not believed", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const forged = await world.app.request(
    "/api/v1/event",
    {
      method: "POST",
      headers: {
        authorization: `Bearer ${tenant.application_secret}`,
        "content-type": "application/json",
        "x-forwarded-for": "203.0.113.9",
        forwarded: "for=203.0.113.9",
        "cf-connecting-ip": "203.0.113.9",
      },
      body: JSON.stringify(eventPost(tenant)),
    },
    { clientIp: "192.0.2.7" },
  );
  expect(forged.status).toBe(201);
  const list = await world.call(
    "GET",
    `/events?application_id=${tenant.application_id}`,
    tenant.service_token,
  );
  expect(list.json).toMatchObject([{ ip: "192.0.2.7" }]);
});

test("8: a subscription with several labels names the same one as its legacy pair every time", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const labels = { zone: "eu", customer: "1", plan: "gold" };
  const body = subscriptionPost(tenant, "https://a.example/", { labels });
  const made = await world.call("POST", "/subscriptions", tenant.service_token, body);
  const path = `/subscriptions?application_id=${tenant.application_id}`;
  const [listed] = (await world.call("GET", path, tenant.service_token)).json;
  for (const answer of [made.json, listed]) {
    expect(answer).toMatchObject({
      labels,
      label_key: "customer",
      label_value: "1",
      event_types: ["shop.order.paid"],
    });
  }
});

test("15: an application and its first secret are made together or not at all", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const { organization_id } = tenant;
  // Nothing can be put into the table of secrets: what was made before it must not stay.
  await world.breakTable("application_secret");
  const refused = await world.call("POST", "/applications", tenant.service_token, {
    organization_id,
    name: "Half made",
  });
  expect(refused.status).toBe(500);
  expect(refused.json.detail).toBe("Something wrong happened");
  const list = await world.call(
    "GET",
    `/applications?organization_id=${organization_id}`,
    tenant.service_token,
  );
  expect(list.json).toHaveLength(1);
});

test("no secret, token, password or payload is logged, and an unexpected error carries its request id", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const editor = await createMember(world, tenant.organization_id, "editor");
  const session = await world.call("POST", "/auth/login", null, {
    email: editor.email,
    password: editor.password,
  });
  const made = await world.call(
    "POST",
    "/subscriptions",
    tenant.service_token,
    subscriptionPost(tenant, "https://a.example/"),
  );
  await world.call(
    "POST",
    "/event",
    tenant.application_secret,
    eventPost(tenant, { payload: '{"card":"4242424242424242"}' }),
  );
  await world.breakTable("application_secret");
  const broken = await world.call("POST", "/application_secrets", session.json.access_token, {
    application_id: tenant.application_id,
  });
  expect(broken.status).toBe(500);
  const log = world.logged();
  expect(log).toContain(broken.headers.get("x-request-id"));
  expect(log, "and says what happened").toContain("violates check constraint");
  expect(log, "without the row").not.toContain("Failing row");
  const secrets = [
    tenant.application_secret,
    tenant.service_token,
    editor.password,
    session.json.access_token,
    session.json.refresh_token,
    made.json.secret,
    "4242424242424242",
  ];
  for (const secret of secrets) expect(log).not.toContain(secret);
});
