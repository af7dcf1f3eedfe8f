import fc from "fast-check";
import { expect, test } from "vitest";
import { startReceiver } from "../helpers/receiver.ts";
import {
  createTenant,
  createWorld,
  eventPost,
  subscriptionPost,
  type Tenant,
  type World,
} from "../helpers/world.ts";

/** A retry waits in the queue, whose clock is real. */
const REAL_WAIT = { timeout: 10_000 };

const subscribe = async (world: World, tenant: Tenant, url: string, extra: object = {}) => {
  const post = subscriptionPost(tenant, url, extra);
  return (await world.call("POST", "/subscriptions", tenant.service_token, post)).json
    .subscription_id as string;
};

const send = async (world: World, tenant: Tenant, extra: object = {}) =>
  (await world.call("POST", "/event", tenant.service_token, eventPost(tenant, extra))).json
    .event_id as string;

async function explain(world: World, tenant: Tenant, eventId: string, subscriptionId: string) {
  const path = `/events/${eventId}/explanation?application_id=${tenant.application_id}&subscription_id=${subscriptionId}`;
  return (await world.call("GET", path, tenant.service_token)).json;
}

test("a delivery is told from its first wait to its end", async () => {
  await using world = await createWorld({ retriesMax: 1 });
  let status = 500;
  await using receiver = await startReceiver((response) => response.writeHead(status).end());
  const tenant = await createTenant(world);
  const subscription = await subscribe(world, tenant, receiver.url);
  const event = await send(world, tenant);
  const due = await explain(world, tenant, event, subscription);
  expect(due).toMatchObject({ outcome: "waiting", attempts: 1, summary: "Waiting: attempt 1 is due now." });
  expect(due.rules.map((rule: { passed: boolean }) => rule.passed)).toEqual([true, true, true, true]);

  await world.runDelivery(await world.receive());
  const retried = await explain(world, tenant, event, subscription);
  expect(retried).toMatchObject({ outcome: "waiting", attempts: 2 });
  expect(retried.summary).toBe(`Waiting: attempt 2 is due on ${retried.next_attempt_at}.`);

  world.advance(10);
  await expect
    .poll(async () => {
      await world.runDelivery(await world.receive());
      return (await explain(world, tenant, event, subscription)).outcome;
    }, REAL_WAIT)
    .toBe("dead");
  const dead = await explain(world, tenant, event, subscription);
  expect(dead.summary).toContain("after attempt 2: the endpoint answered 500. It is a dead letter");

  status = 200;
  const retry = { application_id: tenant.application_id };
  await world.call("POST", "/dead_letters/retry", tenant.service_token, retry);
  await expect
    .poll(async () => {
      await world.runDelivery(await world.receive());
      return (await explain(world, tenant, event, subscription)).summary;
    }, REAL_WAIT)
    .toMatch(/^Delivered on .* at attempt 1: the endpoint answered 200 in \d+ ms\.$/);
});

test("what was not sent is told by the first rule that does not hold", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const url = "https://a.example/";
  const event = await send(world, tenant);
  const why = async (subscription: string) => explain(world, tenant, event, subscription);

  const otherType = await subscribe(world, tenant, url, { event_types: ["order.**", "*.*.sent"] });
  expect(await why(otherType)).toMatchObject({
    outcome: "does_not_match",
    summary: "Not sent: It asks for order.**, *.*.sent, and the event is of type shop.order.paid.",
  });
  const otherLabel = await subscribe(world, tenant, url, { labels: { customer: "2" } });
  expect((await why(otherLabel)).summary).toBe(
    "Not sent: It asks for the label customer=2, and the event has customer=1.",
  );
  const off = await subscribe(world, tenant, url, { is_enabled: false });
  expect((await why(off)).summary).toMatch(/^Not sent: It is disabled; last changed on /);
  const gone = await subscribe(world, tenant, url);
  const path = `/subscriptions/${gone}?application_id=${tenant.application_id}`;
  await world.call("DELETE", path, tenant.service_token);
  expect((await why(gone)).summary).toMatch(/^Not sent: The subscription was deleted on /);
});

test("an event that came before the subscription fits now, and can be replayed", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const event = await send(world, tenant);
  world.advance(60);
  const subscription = await subscribe(world, tenant, "https://a.example/", { event_types: ["shop.**"] });
  const answer = await explain(world, tenant, event, subscription);
  expect(answer).toMatchObject({ outcome: "matches", attempts: 0 });
  expect(answer.summary).toContain("before the subscription was made on");
  expect(answer.summary).toContain("It asks for shop.**, which fits shop.order.paid.");
});

test("a paused endpoint is told with its reason", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver((response) =>
    response.writeHead(429, { "retry-after": "30" }).end(),
  );
  const tenant = await createTenant(world);
  const subscription = await subscribe(world, tenant, receiver.url);
  const event = await send(world, tenant);
  await world.runDelivery(await world.receive());
  expect((await explain(world, tenant, event, subscription)).summary).toMatch(
    /^Waiting: the endpoint is paused until .* because it said that it is overloaded\. Next is attempt 2\.$/,
  );
});

test("another tenant's event and subscription are not there", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const other = await createTenant(world, "Other");
  const event = await send(world, tenant);
  const subscription = await subscribe(world, other, "https://a.example/");
  expect(await explain(world, tenant, event, subscription)).toMatchObject({ status: 404 });
  expect(await explain(world, other, event, subscription)).toMatchObject({ status: 404 });
});

test("a hypothetical event is explained as the ledger would route it", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const selectors = fc.constantFrom("**", "shop.**", "*.order.*", "shop.order.paid", "order.**", "*.*.sent");
  const labels = fc.constantFrom({ customer: "1" }, { customer: "2" }, { customer: "1", plan: "pro" });
  const subscription = fc.record({
    event_types: fc.uniqueArray(selectors, { minLength: 1, maxLength: 3 }),
    labels,
    is_enabled: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(subscription, labels, async (extra, given) => {
      const id = await subscribe(world, tenant, "https://a.example/", extra);
      const { application_id } = tenant;
      const body = { application_id, subscription_id: id, event_type: "shop.order.paid", labels: given };
      const answer = await world.call("POST", "/explanations", tenant.service_token, body);
      const event = await send(world, tenant, { labels: given });
      const path = `/request_attempts?application_id=${application_id}&event_id=${event}&subscription_id=${id}`;
      const attempts = await world.call("GET", path, tenant.service_token);
      expect(answer.json.outcome).toBe(attempts.json.length > 0 ? "matches" : "does_not_match");
    }),
    { numRuns: 30 },
  );
});
