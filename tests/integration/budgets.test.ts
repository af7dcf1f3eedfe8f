import { expect, inject, test } from "vitest";
import { startPostgresProxy } from "../helpers/postgres-proxy.ts";
import { readMessage } from "#functions/queue.ts";
import { startReceiver } from "../helpers/receiver.ts";
import { countRoundTrips } from "../helpers/round-trips.ts";
import { createTenant, createWorld, eventPost, subscriptionPost } from "../helpers/world.ts";

// What a request or a batch may cost Postgres, in counts that are the same on every machine.

const KIB = 1_024;

test("reading takes three statements at the most: who asks, what place, which rows", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const { application_id, application_secret, organization_id, service_token } = tenant;
  const post = subscriptionPost(tenant, "https://a.example/");
  const { subscription_id } = (await world.call("POST", "/subscriptions", service_token, post)).json;
  const { event_id } = (await world.call("POST", "/event", service_token, eventPost(tenant))).json;
  const of = (path: string) => `${path}?application_id=${application_id}`;
  const [attempt] = (await world.call("GET", of("/request_attempts"), service_token)).json;
  const paths = [
    of("/events"),
    of(`/events/${event_id}`),
    of("/request_attempts"),
    `${of("/request_attempts")}&status=failed`,
    of(`/request_attempts/${attempt.request_attempt_id}`),
    of("/dead_letters"),
    of("/subscriptions"),
    `/subscriptions/${subscription_id}`,
    `/subscriptions/${subscription_id}/health`,
    of("/event_types"),
    of("/events_per_day/application"),
    `/applications/${application_id}`,
  ];
  const trips = async (path: string, token: string, max: number) => {
    const counted = await countRoundTrips(async () => {
      const { status, text } = await world.call("GET", path, token);
      expect(status, text).toBe(200);
    });
    expect(counted, path).toBeLessThanOrEqual(max);
  };
  for (const token of [service_token, application_secret]) {
    for (const path of paths) await trips(path, token, 3);
    // Four figures of the same page.
    await trips(of("/delivery_statistics"), token, 6);
  }
  await trips(`/applications?organization_id=${organization_id}`, service_token, 2);
});

test("a change takes its own statements, its entry on the audit log, and one transaction around both", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const { application_id, organization_id, service_token } = tenant;
  const trips = (method: string, path: string, body: object) =>
    countRoundTrips(async () => {
      const { status, text } = await world.call(method, path, service_token, body);
      expect(status, text).toBeLessThan(300);
    });
  // Who asks, what place, begin, the change, the entry, commit.
  expect(await trips("PUT", `/applications/${application_id}`, { organization_id, name: "Renamed" })).toBe(6);
  // One statement more for its event types, and one for its routes.
  const post = subscriptionPost(tenant, "https://a.example/");
  expect(await trips("POST", "/subscriptions", post)).toBe(8);
});

test("an event goes to Postgres once, and a batch's deliveries by name alone", async () => {
  await using proxy = await startPostgresProxy(Number(new URL(inject("templateUrl")).port));
  await using world = await createWorld({ databasePort: proxy.port });
  await using receiver = await startReceiver();
  const tenant = await createTenant(world);
  const { service_token } = tenant;
  await world.call("POST", "/subscriptions", service_token, subscriptionPost(tenant, receiver.url));
  const event = eventPost(tenant, { payload: JSON.stringify("x".repeat(KIB)) });
  const bytesOf = async (work: () => Promise<{ status: number } | object>) => {
    const before = proxy.sentBytes();
    await work();
    return proxy.sentBytes() - before;
  };
  const one = () => world.call("POST", "/event", service_token, event);
  const many = (count: number) =>
    world.call("POST", "/events/batch", service_token, Array(count).fill(event));
  // Connects.
  await one();

  // Measured 1,766: the payload as it is, its columns as JSON, the statement. Escaped or doubled it would not fit.
  expect(await bytesOf(one)).toBeLessThan(2.25 * KIB);
  // Measured 1,490 an event.
  expect(await bytesOf(() => many(100))).toBeLessThan(100 * 1.75 * KIB);
  const { Records } = await world.receive();
  const batch = { Records: Records.filter(({ body }) => readMessage(body)?.names.length === 10).slice(0, 1) };
  // Measured 10,478: two statements, ten names, ten outcomes. The payloads come and do not go.
  expect(await bytesOf(() => world.runDelivery(batch))).toBeLessThan(13 * KIB);
  expect(receiver.received).toHaveLength(10);
});
