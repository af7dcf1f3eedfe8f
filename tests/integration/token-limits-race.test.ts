import { Hono } from "hono";
import { sql } from "kysely";
import { expect, test } from "vitest";
import type { ApiEnv } from "#functions/api/env.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { delegated } from "../helpers/attenuate.ts";
import { createFixtures } from "../helpers/fixtures.ts";
import { startReceiver } from "../helpers/receiver.ts";
import type { Fixtures } from "../helpers/routes.ts";
import { createTenant, createWorld, subscriptionPost, type World } from "../helpers/world.ts";

/** What a token limited to `customer=1` may ask of a subscription with that label. */
const changes: Record<string, (tenant: Fixtures) => readonly [method: string, path: string, body?: object]> =
  {
    "replace it": (tenant) => [
      "PUT",
      `/subscriptions/${tenant.subscription_id}`,
      subscriptionPost(tenant, "https://b.example/"),
    ],
    "rotate its secret": ({ subscription_id, application_id }) => [
      "POST",
      `/subscriptions/${subscription_id}/rotate_secret`,
      { application_id },
    ],
    "delete it": ({ subscription_id, application_id }) => [
      "DELETE",
      `/subscriptions/${subscription_id}?application_id=${application_id}`,
    ],
    "retry an attempt to it": ({ request_attempt_id, application_id }) => [
      "POST",
      `/request_attempts/${request_attempt_id}/retry`,
      { application_id },
    ],
    "retry dead letters of it": ({ request_attempt_id, application_id }) => [
      "POST",
      "/dead_letters/retry",
      { application_id, request_attempt_ids: [request_attempt_id] },
    ],
    "retry all its dead letters": ({ subscription_id, application_id }) => [
      "POST",
      "/dead_letters/retry",
      { application_id, filter: { subscription_id } },
    ],
    "replay events to it": ({ subscription_id, application_id }) => [
      "POST",
      "/replays",
      { application_id, filter: { subscription_id } },
    ],
  };

/** Makes the subscription another customer's, while the request waits for that to be committed. */
async function giveAwayDuring<T>(
  { ctx }: World,
  subscriptionId: string,
  request: () => Promise<T>,
): Promise<T> {
  const waiting = sql<{ waits: boolean }>`
    select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waits
  `;
  const { answer } = await ctx.db.transaction().execute(async (tx) => {
    await sql`update subscription set labels = '{"customer": "2"}' where subscription_id = ${subscriptionId}`.execute(
      tx,
    );
    const answer = request();
    await expect.poll(async () => (await waiting.execute(ctx.db)).rows[0]?.waits).toBe(true);
    return { answer };
  });
  return answer;
}

test.each(Object.entries(changes))(
  "who loses a subscription at this moment cannot %s any more",
  async (_, change) => {
    await using world = await createWorld();
    await using receiver = await startReceiver();
    const tenant = await createFixtures(world, receiver.url);
    const { organization_id, service_token, subscription_id } = tenant;
    const token = await delegated(service_token, { labels: { customer: "1" } });
    const [method, path, body] = change(tenant);
    const audited = () =>
      world
        .call("GET", `/audit_log?organization_id=${organization_id}`, service_token)
        .then(({ json }) => json);
    const before = await audited();
    const answer = await giveAwayDuring(world, subscription_id, () => world.call(method, path, token, body));
    expect(answer.status, answer.text).toBe(403);
    expect(await audited(), "nothing was changed").toEqual(before);
    const now = await world.call("GET", `/subscriptions/${subscription_id}`, service_token);
    expect(now.json.labels).toEqual({ customer: "2" });
  },
);

test("who keeps a subscription that is changed at this moment is let through", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await createFixtures(world, receiver.url);
  const token = await delegated(tenant.service_token, { labels: { customer: "2" } });
  const { subscription_id } = tenant;
  await sql`update subscription set labels = '{"customer": "2"}'`.execute(world.ctx.db);
  const post = subscriptionPost(tenant, "https://b.example/", { labels: { customer: "2" } });
  const put = () => world.call("PUT", `/subscriptions/${subscription_id}`, token, post);
  const answers = [await giveAwayDuring(world, subscription_id, put), ...(await Promise.all([put(), put()]))];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
});

test("a route that says that a request concerns nothing at all lets no limited token pass", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const { mayInApplication } = authorization(world.apiDeps);
  const app = new Hono<ApiEnv>().get(
    "/",
    mayInApplication("subscription:list", "query", () => []),
    (c) => c.body(null, 204),
  );
  app.onError((error, c) => c.text(error.message, 403));
  const limited = await delegated(tenant.service_token, { labels: { customer: "1" } });
  const statusFor = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return (
      await app.request(`/?application_id=${tenant.application_id}`, { headers }, { clientIp: "192.0.2.7" })
    ).status;
  };
  expect(await statusFor(limited)).toBe(403);
  expect(await statusFor(tenant.service_token), "what it concerns is not asked").toBe(204);
});
