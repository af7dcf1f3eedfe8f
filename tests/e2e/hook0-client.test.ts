import { Event, Hook0Client, verifyWebhookSignature } from "hook0-client";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startLocalStack } from "../helpers/local-stack.ts";
import { startReceiver } from "../helpers/receiver.ts";
import { subscriptionPost } from "../helpers/world.ts";

test("Hook0's published client sends and verifies; a failing endpoint is retried on Hook0's schedule", async () => {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "columba-e2e-"));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const stack = cleanup.use(await startLocalStack(folder));
  await using receiver = await startReceiver((response, _, count) =>
    response.writeHead(count < 3 ? 500 : 200).end(),
  );
  const { local } = stack;
  const tenant = { application_id: local.application_id };

  const client = new Hook0Client(`${local.api_url}/`, local.application_id, local.application_secret);
  expect(await client.upsertEventTypes(["shop.order.paid", "shop.order.sent"])).toContain("shop.order.sent");
  expect(await client.upsertEventTypes(["shop.order.paid", "shop.order.sent"])).toEqual([]);
  const target = { type: "http", method: "POST", url: receiver.url, headers: { "X-Custom": "yes" } };
  const created = await stack.call(
    "POST",
    "/subscriptions/",
    local.service_token,
    subscriptionPost(tenant, "", { event_types: ["shop.order.sent"], target }),
  );
  expect(created.status, created.text).toBe(201);

  const event = new Event("shop.order.sent", '{"text":"ça va"}', "application/json", { customer: "1" });
  const eventId = await client.sendEvent(event);
  await expect.poll(() => receiver.received.length, { timeout: 30_000, interval: 100 }).toBe(3);

  for (const { headers, body } of receiver.received) {
    expect(headers["x-event-id"]).toBe(eventId);
    const signature = String(headers["x-hook0-signature"]);
    expect(signature).toMatch(/^t=\d+,h=content-type x-custom x-event-id x-event-type,v1=[0-9a-f]{64}$/);
    const delivered = new Headers(headers as Record<string, string>);
    expect(verifyWebhookSignature(signature, body, delivered, created.json.secret, 300)).toBe(true);
  }
  const [first = 0, second = 0, third = 0] = receiver.received.map(({ atMs }) => atMs);
  const slackMs = 1_500; // a queue counts in whole seconds
  expect(second - first).toBeGreaterThanOrEqual(3_000);
  expect(second - first).toBeLessThan(5_000 + slackMs);
  expect(third - second).toBeGreaterThanOrEqual(10_000);
  expect(third - second).toBeLessThan(12_000 + slackMs);

  const list = `/request_attempts/?application_id=${local.application_id}&event_id=${eventId}`;
  await expect
    .poll(async () => (await stack.call("GET", list, local.service_token)).json)
    .toMatchObject([
      { retry_count: 2, status: { type: "successful" } },
      { retry_count: 1, status: { type: "failed" } },
      { retry_count: 0, status: { type: "failed" } },
    ]);
});
