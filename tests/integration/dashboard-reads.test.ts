import { expect, test } from "vitest";
import { startReceiver } from "../helpers/receiver.ts";
import { createTenant, createWorld, eventPost, subscriptionPost, type World } from "../helpers/world.ts";

/** A tenant whose one subscription points at a receiver that answers as told. */
async function createDelivery(world: World, url: string) {
  const tenant = await createTenant(world);
  const token = tenant.service_token;
  const inApplication = `application_id=${tenant.application_id}`;
  const subscription = (await world.call("POST", "/subscriptions", token, subscriptionPost(tenant, url)))
    .json;
  const attempts = async (extra = "") =>
    (await world.call("GET", `/request_attempts?${inApplication}${extra}`, token)).json;
  const retry = (id: string) =>
    world.call("POST", `/request_attempts/${id}/retry`, token, { application_id: tenant.application_id });
  const run = async () => world.runDelivery(await world.receive());
  const send = () => world.call("POST", "/event", token, eventPost(tenant));
  return { tenant, token, inApplication, subscription, attempts, retry, run, send };
}

test("a retry of a finished delivery makes one fresh attempt, however often it is asked for", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const { attempts, retry, run, send } = await createDelivery(world, receiver.url);
  await send();
  await run();
  const [first] = await attempts();
  const answers = await Promise.all([1, 2, 3].map(() => retry(first.request_attempt_id)));
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
  await run();
  await run();
  expect(receiver.received).toHaveLength(2);
  expect((await attempts()).map((attempt: { status: { type: string } }) => attempt.status.type)).toEqual([
    "successful",
    "successful",
  ]);
});

test("a retry of a failed attempt brings the waiting one forward", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver((response, _, count) =>
    response.writeHead(count === 1 ? 500 : 200).end(),
  );
  const { attempts, retry, run, send } = await createDelivery(world, receiver.url);
  await send();
  await run();
  const [failed] = await attempts("&status=failed");
  const [waiting] = await attempts("&status=waiting");
  const answer = await retry(failed.request_attempt_id);
  expect(answer.json).toMatchObject({
    request_attempt_id: waiting.request_attempt_id,
    status: { type: "pending" },
  });
  await run();
  expect(receiver.received).toHaveLength(2);
  expect(await attempts("&status=successful,pending")).toMatchObject([
    { request_attempt_id: waiting.request_attempt_id, status: { type: "successful" } },
  ]);
});

test("a retry to a disabled subscription is refused, because nothing would be sent", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const { tenant, token, subscription, attempts, retry, run, send } = await createDelivery(
    world,
    receiver.url,
  );
  await send();
  await run();
  await world.call("PUT", `/subscriptions/${subscription.subscription_id}`, token, {
    ...subscriptionPost(tenant, receiver.url),
    is_enabled: false,
  });
  const [attempt] = await attempts();
  expect((await retry(attempt.request_attempt_id)).json).toMatchObject({ status: 404, id: "NotFound" });
});

test("events are filtered by type, label and time, and paged without loss or repetition", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const { service_token: token, application_id } = tenant;
  for (let index = 0; index < 105; index++) {
    await world.call("POST", "/event", token, eventPost(tenant, { labels: { customer: String(index % 2) } }));
  }
  const read = (extra: string) =>
    world.call("GET", `/events?application_id=${application_id}${extra}`, token);
  const first = await read("");
  expect(first.json).toHaveLength(100);
  const next = /^<https:\/\/columba\.test\/api\/v1(.*)>; rel="next"$/.exec(
    first.headers.get("link") ?? "",
  )?.[1];
  const second = await world.call("GET", next ?? "", token);
  expect(second.json).toHaveLength(5);
  expect(second.headers.get("link")).toBeNull();
  const ids = [...first.json, ...second.json].map((event: { event_id: string }) => event.event_id);
  expect(new Set(ids).size).toBe(105);
  expect((await read("&label=customer=1")).json).toHaveLength(52);
  expect((await read("&event_type_names=no.such.type")).json).toEqual([]);
  expect((await read("&max_received_at=2020-01-01T00:00:00Z")).json).toEqual([]);
  expect((await read("&label=nonsense")).status).toBe(422);
  expect((await read("&pagination_cursor=garbage")).status).toBe(422);
});

test("delivery statistics count what was delivered, what failed and what waits, for each subscription", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver((response, _, count) =>
    response.writeHead(count === 1 ? 500 : 200).end(),
  );
  const { token, inApplication, subscription, run, send } = await createDelivery(world, receiver.url);
  await send();
  await run();
  await send();
  await run();
  const { json, status } = await world.call("GET", `/delivery_statistics?${inApplication}&period=1h`, token);
  expect(status).toBe(200);
  expect(json).toMatchObject({
    delivered: 1,
    failed: 1,
    waiting: 1,
    latency_p95_ms: expect.any(Number),
    subscriptions: [{ subscription_id: subscription.subscription_id, delivered: 1, failed: 1, waiting: 1 }],
  });
  expect(json.buckets).toHaveLength(30);
  expect(json.buckets.at(-1)).toMatchObject({ delivered: 1, failed: 1 });
  expect((await world.call("GET", `/delivery_statistics?${inApplication}&period=2y`, token)).status).toBe(
    422,
  );
});
