import { expect, test, vi } from "vitest";
import { driver } from "../helpers/driver.ts";
import { startReceiver } from "../helpers/receiver.ts";
import { createTenant, createWorld, eventPost, subscriptionPost } from "../helpers/world.ts";

/** Counts what the driver is asked to send while `use` runs. */
async function countStatements(use: () => Promise<unknown>): Promise<number> {
  using query = vi.spyOn(driver.Client.prototype, "query");
  await use();
  return query.mock.calls.length;
}

test("an event takes one round trip to Postgres and a batch of deliveries two", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await createTenant(world);
  for (const customer of ["1", "2", "3"]) {
    const subscription = subscriptionPost(tenant, `${receiver.url}/${customer}`);
    await world.call("POST", "/subscriptions", tenant.service_token, subscription);
  }
  const bySecret = await countStatements(() =>
    world.call("POST", "/event", tenant.application_secret, eventPost(tenant)),
  );
  const byToken = await countStatements(() =>
    world.call("POST", "/event", tenant.service_token, eventPost(tenant)),
  );
  expect({ bySecret, byToken }).toEqual({ bySecret: 1, byToken: 1 });

  const batch = await world.receive();
  expect(batch.Records).toHaveLength(6);
  expect(await countStatements(() => world.runDelivery(batch))).toBe(2);
  expect(receiver.received).toHaveLength(6);
  expect(await countStatements(() => world.runDelivery(batch)), "spent messages are only looked up").toBe(1);
});
