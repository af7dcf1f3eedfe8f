import { createPublicKey } from "node:crypto";
import { verifyWebhookSignatureWithCurrentTime } from "hook0-client";
import { expect, test } from "vitest";
import { startReceiver, type Receiver } from "../helpers/receiver.ts";
import { verifyStandard, verifyStandardEd25519 } from "../helpers/verify-standard.ts";
import { createTenant, createWorld, eventPost, subscriptionPost, type World } from "../helpers/world.ts";

async function subscribe(world: World, url: string, extra: object = {}) {
  const tenant = await createTenant(world);
  const body = subscriptionPost(tenant, url, extra);
  const created = await world.call("POST", "/subscriptions", tenant.service_token, body);
  expect(created.status, created.text).toBe(201);
  const path = `/subscriptions/${created.json.subscription_id}`;
  return { ...tenant, path, subscription: created.json };
}
type Subscribed = Awaited<ReturnType<typeof subscribe>>;

/** Sends an event and delivers it; the request that the endpoint got. */
async function deliver(world: World, tenant: Subscribed, receiver: Receiver, extra: object = {}) {
  const sent = await world.call("POST", "/event", tenant.application_secret, eventPost(tenant, extra));
  expect(sent.status, sent.text).toBe(201);
  await world.runDelivery(await world.receive());
  const request = receiver.received.at(-1);
  if (!request) throw new Error("nothing was delivered");
  expect(request.headers["x-event-id"]).toBe(sent.json.event_id);
  return request;
}

async function rotate(world: World, tenant: Subscribed, overlap_seconds?: number) {
  const body = { application_id: tenant.application_id, overlap_seconds };
  return world.call("POST", `${tenant.path}/rotate_secret`, tenant.service_token, body);
}

type Request = Receiver["received"][number];
function verifyHook0(
  { headers, body }: Request,
  secret: string,
  now: Date,
  name = "x-hook0-signature",
): boolean {
  const values = new Headers(headers as Record<string, string>);
  try {
    return (
      verifyWebhookSignatureWithCurrentTime(values.get(name) ?? "", body, values, secret, 300, now) === true
    );
  } catch {
    return false;
  }
}

test.each([{}, { signatures: null }, { signatures: ["hook0"] }])(
  "with %j a request is signed as Hook0 does, in one header over the same names",
  async (forms) => {
    await using world = await createWorld();
    await using receiver = await startReceiver();
    const target = {
      type: "http",
      method: "POST",
      url: receiver.url,
      headers: { "X-Tenant": "acme", "X-Hook0-Signature": "mine" },
    };
    const tenant = await subscribe(world, receiver.url, { ...forms, target });
    expect(tenant.subscription.signatures).toEqual(["hook0"]);
    const request = await deliver(world, tenant, receiver);
    const seconds = Math.floor(world.ctx.now().getTime() / 1_000);
    expect(request.headers["x-hook0-signature"]).toMatch(
      new RegExp(`^t=${seconds},h=content-type x-event-id x-event-type x-tenant,v1=[0-9a-f]{64}$`),
    );
    expect(verifyHook0(request, tenant.subscription.secret, world.ctx.now())).toBe(true);
    expect(Object.keys(request.headers).toSorted()).toEqual([
      "connection",
      "content-length",
      "content-type",
      "host",
      "user-agent",
      "x-event-id",
      "x-event-type",
      "x-hook0-signature",
      "x-tenant",
    ]);
  },
);

test("Standard Webhooks' libraries verify every attempt; the id stays, the time is the attempt's", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver((response, _, count) =>
    response.writeHead(count === 1 ? 500 : 200).end(),
  );
  const tenant = await subscribe(world, receiver.url, { signatures: ["standard"] });
  const secret = tenant.subscription.standard_secret;
  expect(secret).toMatch(/^whsec_/);
  expect(Buffer.from(secret.slice(6), "base64").byteLength).toBeGreaterThanOrEqual(24);

  await world.call("POST", "/event", tenant.application_secret, eventPost(tenant, { payload: '{"é":"€"}' }));
  const message = await world.receive();
  await world.runDelivery(message);
  world.advance(3);
  await world.runDelivery(message);
  expect(receiver.received).toHaveLength(2);
  const [first, second] = receiver.received;
  for (const request of receiver.received) {
    expect(verifyStandard(request, secret)).toBe(true);
    expect(verifyStandard({ ...request, body: Buffer.from("{}") }, secret)).toBe(false);
    expect(verifyStandard(request, "whsec_b2xkIG9sZCBvbGQgb2xkIG9sZCBvbGQ=")).toBe(false);
    expect(request.headers["webhook-id"]).toBe(request.headers["x-event-id"]);
    expect(request.headers["x-hook0-signature"]).toBeUndefined();
  }
  expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
  expect(Number(second?.headers["webhook-timestamp"]) - Number(first?.headers["webhook-timestamp"])).toBe(3);
});

test("an Ed25519 signature verifies with the application's public keys, which anyone may read once there are any", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await subscribe(world, receiver.url);
  const path = `/applications/${tenant.application_id}/jwks.json`;
  const none = await world.call("GET", path);
  expect([none.status, none.text]).toEqual([
    404,
    (await world.call("GET", `/applications/${crypto.randomUUID()}/jwks.json`)).text,
  ]);

  // Two at once, and again: one key pair.
  const signatures = ["standard_ed25519", "standard", "hook0"];
  const body = subscriptionPost(tenant, receiver.url, { signatures });
  await Promise.all([1, 2].map(() => world.call("PUT", tenant.path, tenant.service_token, body)));
  const document = await world.call("GET", path);
  expect(document.status, document.text).toBe(200);
  expect((await world.call("PUT", tenant.path, tenant.service_token, body)).status).toBe(200);
  expect((await world.call("GET", path)).text).toBe(document.text);
  expect(document.text).not.toContain("whsk_");

  const [{ whpk, ...jwk }] = document.json.keys;
  const key = createPublicKey({ key: jwk, format: "jwk" });
  expect(whpk).toBe(`whpk_${Buffer.from(jwk.x, "base64url").toString("base64")}`);
  const request = await deliver(world, tenant, receiver);
  expect(verifyStandardEd25519(request, key)).toBe(true);
  expect(verifyStandardEd25519({ ...request, body: Buffer.from("{}") }, key)).toBe(false);
  expect(verifyStandard(request, tenant.subscription.standard_secret), "beside it").toBe(true);
  expect(verifyHook0(request, tenant.subscription.secret, world.ctx.now()), "and beside both").toBe(true);

  const removed = await world.call("DELETE", `/applications/${tenant.application_id}`, tenant.service_token);
  expect(removed.status, removed.text).toBe(204);
  expect((await world.call("GET", path)).status).toBe(404);
});

test("after a rotation either secret verifies until the overlap ends, and to the second only the new one from then on", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await subscribe(world, receiver.url, { signatures: ["hook0", "standard"] });
  const old = tenant.subscription;
  const rotated = await rotate(world, tenant, 60);
  expect(rotated.status, rotated.text).toBe(200);
  const current = rotated.json;
  expect(current).toMatchObject({
    subscription_id: old.subscription_id,
    previous_secrets_until: new Date(world.ctx.now().getTime() + 60_000).toISOString(),
  });
  expect(current.secret).not.toBe(old.secret);
  expect(current.standard_secret).not.toBe(old.standard_secret);

  for (const seconds of [0, 59]) {
    world.advance(seconds);
    const now = world.ctx.now();
    const request = await deliver(world, tenant, receiver);
    expect(verifyStandard(request, old.standard_secret)).toBe(true);
    expect(verifyStandard(request, current.standard_secret)).toBe(true);
    expect(verifyHook0(request, old.secret, now), "a receiver that knows nothing of it goes on").toBe(true);
    expect(verifyHook0(request, current.secret, now, "x-hook0-signature-next")).toBe(true);
  }
  world.advance(1);
  const request = await deliver(world, tenant, receiver);
  expect(verifyStandard(request, old.standard_secret)).toBe(false);
  expect(verifyStandard(request, current.standard_secret)).toBe(true);
  expect(verifyHook0(request, old.secret, world.ctx.now())).toBe(false);
  expect(verifyHook0(request, current.secret, world.ctx.now())).toBe(true);
  expect(request.headers["x-hook0-signature-next"]).toBeUndefined();
});

test("a rotation repeated within its overlap is refused, so that it cuts no one off; one without overlap ends all at once", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await subscribe(world, receiver.url, { signatures: ["standard"] });
  const first = await rotate(world, tenant);
  const inADay = new Date(world.ctx.now().getTime() + 86_400_000).toISOString();
  expect(first.json.previous_secrets_until).toBe(inADay);
  const repeated = await rotate(world, tenant, 60);
  expect(repeated.json).toMatchObject({ id: "Validation", status: 422 });
  expect(repeated.json.validation.overlap_seconds[0].message).toContain(inADay);
  expect((await world.call("GET", tenant.path, tenant.service_token)).json).toEqual(first.json);

  const ended = await rotate(world, tenant, 0);
  expect(ended.json.previous_secrets_until).toBeNull();
  const request = await deliver(world, tenant, receiver);
  const verdicts = [tenant.subscription, first.json, ended.json].map(({ standard_secret }) =>
    verifyStandard(request, standard_secret),
  );
  expect(verdicts).toEqual([false, false, true]);
  expect((await rotate(world, tenant, 60)).status, "no overlap is left").toBe(200);
});

test("a rotation at the very end of an overlap is a new one", async () => {
  await using world = await createWorld();
  const tenant = await subscribe(world, "https://a.example/");
  await rotate(world, tenant, 60);
  world.advance(59);
  expect((await rotate(world, tenant, 60)).status).toBe(422);
  world.advance(1);
  expect((await rotate(world, tenant, 60)).status).toBe(200);
});

test("another application's subscription cannot be rotated, nor one that is gone; a rotation is on the audit log", async () => {
  await using world = await createWorld();
  const [own, other] = [
    await subscribe(world, "https://a.example/"),
    await subscribe(world, "https://b.example/"),
  ];
  const foreign = await rotate(world, { ...own, path: other.path });
  expect([foreign.status, foreign.json.id]).toEqual([404, "NotFound"]);
  expect((await world.call("GET", other.path, other.service_token)).json).toEqual(other.subscription);

  expect((await rotate(world, own)).status).toBe(200);
  const log = `/audit_log?organization_id=${own.organization_id}`;
  const { text } = await world.call("GET", log, own.service_token);
  expect(text).toContain("subscription:rotate_secret");
  expect(text).toContain(own.subscription.subscription_id);

  await world.call("DELETE", `${own.path}?application_id=${own.application_id}`, own.service_token);
  expect((await rotate(world, own)).status).toBe(404);
});

test.each([
  [{ signatures: [] }, 422],
  [{ signatures: ["hook0", "hook0"] }, 422],
  [{ signatures: ["rot13"] }, 400],
  [{ signatures: "hook0" }, 400],
])("a subscription with %j is refused", async (extra, status) => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const body = subscriptionPost(tenant, "https://a.example/", extra);
  const answer = await world.call("POST", "/subscriptions", tenant.service_token, body);
  expect([answer.status, answer.json.detail.startsWith("signatures: ")]).toEqual([status, true]);
  expect(answer.text).not.toContain("rot13");
});

test.each([
  [-1, 422],
  [604_801, 422],
  [1.5, 422],
  ["60", 400],
])("an overlap of %j seconds is refused", async (overlap_seconds, status) => {
  await using world = await createWorld();
  const tenant = await subscribe(world, "https://a.example/");
  const body = { application_id: tenant.application_id, overlap_seconds };
  const path = `${tenant.path}/rotate_secret`;
  expect((await world.call("POST", path, tenant.service_token, body)).status).toBe(status);
});

test("every new subscription has secrets of its own", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const bodies = Array.from({ length: 20 }, () => subscriptionPost(tenant, "https://a.example/"));
  const made = await Promise.all(
    bodies.map((body) => world.call("POST", "/subscriptions", tenant.service_token, body)),
  );
  expect(new Set(made.map(({ json }) => json.standard_secret)).size).toBe(20);
});
