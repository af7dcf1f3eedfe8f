import { sql } from "kysely";
import { expect, test } from "vitest";
import { delegated } from "../helpers/attenuate.ts";
import { countRoundTrips } from "../helpers/round-trips.ts";
import {
  createMember,
  createTenant,
  createWorld,
  eventPost,
  type Tenant,
  type World,
} from "../helpers/world.ts";

// Whom a route that sends events gives the answer that it keeps for an Idempotency-Key.

const ADDRESS = "192.0.2.7";
const sendings: Record<string, { path: string; bodyOf: (tenant: Tenant) => unknown }> = {
  "an event": { path: "/event", bodyOf: (tenant) => eventPost(tenant) },
  "a batch": { path: "/events/batch", bodyOf: (tenant) => [eventPost(tenant), eventPost(tenant)] },
};

/** Sends the same with the same key, as this bearer and from this address. */
const sender =
  ({ app }: World, path: string, body: unknown) =>
  async (bearer: string, clientIp = ADDRESS) => {
    const headers = {
      authorization: `Bearer ${bearer}`,
      "content-type": "application/json",
      "idempotency-key": "key",
    };
    const request = { method: "POST", headers, body: JSON.stringify(body) };
    const response = await app.request(`/api/v1${path}`, request, { clientIp });
    const isKept = response.headers.get("idempotency-replayed") === "true";
    return { status: response.status, isKept, text: await response.text() };
  };

test.each(Object.entries(sendings))(
  "%s: a kept answer is for the very bearer that got it; parent, sibling and copy are each a sender of its own",
  async (_, { path, bodyOf }) => {
    await using world = await createWorld();
    const tenant = await createTenant(world);
    const send = sender(world, path, bodyOf(tenant));
    const token = await delegated(tenant.service_token, { labels: { customer: "1" } });
    const first = await send(token);
    expect(first.status, first.text).toBeLessThan(300);
    expect(await send(token)).toEqual({ ...first, isKept: true });
    const others = [
      tenant.service_token,
      tenant.application_secret,
      await delegated(tenant.service_token, { labels: { customer: "1" }, eventTypes: ["shop.**"] }),
      await delegated(token, { actions: ["event:ingest"] }),
    ];
    for (const other of others) {
      const answer = await send(other);
      expect([answer.status, answer.isKept]).toEqual([first.status, false]);
      expect(answer.text).not.toBe(first.text);
    }
    for (const limits of [{ labels: { customer: "2" } }, { actions: ["event:list" as const] }]) {
      const answer = await send(await delegated(token, limits));
      expect([answer.status, answer.isKept], answer.text).toEqual([403, false]);
    }
  },
);

/** How the bearer of a kept answer loses the right to send what it tells of. */
const losses: Record<
  string,
  (
    world: World,
    tenant: Tenant,
  ) => Promise<{ bearer: string; lose: () => Promise<unknown>; address?: string }>
> = {
  "its time has passed": async (world, tenant) => {
    const expiresAt = new Date(world.ctx.now().getTime() + 60_000);
    const bearer = await delegated(tenant.service_token, { expiresAt });
    return { bearer, lose: async () => world.advance(61) };
  },
  "it comes from another network": async (_, tenant) => ({
    bearer: await delegated(tenant.service_token, { sourceNetworks: ["192.0.2.0/24"] }),
    lose: async () => {},
    address: "198.51.100.1",
  }),
  "it was revoked": async (world, { organization_id, service_token, token_id }) => ({
    bearer: service_token,
    lose: () =>
      world.call("DELETE", `/service_token/${token_id}?organization_id=${organization_id}`, service_token),
  }),
  "it was revoked alone": async (world, { organization_id, service_token }) => {
    const bearer = await delegated(service_token, { labels: { customer: "1" } });
    const post = { organization_id, token: bearer };
    return { bearer, lose: () => world.call("POST", "/revoked_tokens", service_token, post) };
  },
  "the person has become a viewer": async (world, { organization_id }) => {
    const member = await createMember(world, organization_id, "editor");
    const demote = sql`update organization_member set role = 'viewer' where user_id = ${member.user_id}`;
    return { bearer: await member.signIn(), lose: () => demote.execute(world.ctx.db) };
  },
  "the person has left": async (world, { organization_id, service_token }) => {
    const member = await createMember(world, organization_id, "editor");
    const path = `/organizations/${organization_id}/invite`;
    const leave = () => world.call("DELETE", path, service_token, { user_id: member.user_id });
    return { bearer: await member.signIn(), lose: leave };
  },
  "the application of the token was deleted": async (world, { application_id, service_token }) => ({
    bearer: service_token,
    lose: () => world.call("DELETE", `/applications/${application_id}`, service_token),
  }),
  "the application of the secret was deleted": async (world, tenant) => ({
    bearer: tenant.application_secret,
    lose: () => world.call("DELETE", `/applications/${tenant.application_id}`, tenant.service_token),
  }),
};

test.each(
  Object.entries(losses).flatMap(([loss, prepare]) =>
    Object.entries(sendings).map(([what, sending]) => [what, loss, prepare, sending] as const),
  ),
)("%s: no kept answer when %s", async (_what, _loss, prepare, { path, bodyOf }) => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const { bearer, lose, address } = await prepare(world, tenant);
  const send = sender(world, path, bodyOf(tenant));
  const first = await send(bearer);
  expect(first.status, first.text).toBeLessThan(300);
  await lose();
  const again = await send(bearer, address);
  expect([again.status, again.isKept], again.text).toEqual([403, false]);
});

test("a batch's answer is kept from who may no longer send one of its events, and told with the refusals it had", async () => {
  await using world = await createWorld();
  const own = await createTenant(world);
  const other = await createTenant(world, "Other");
  const stranger = await createTenant(world, "Stranger");
  const member = await createMember(world, own.organization_id, "editor");
  await world.ctx.db
    .insertInto("organization_member")
    .values({
      organization_id: other.organization_id,
      user_id: member.user_id,
      role: "editor",
      created_at: world.ctx.now(),
    })
    .execute();
  const bearer = await member.signIn();
  const send = sender(world, "/events/batch", [eventPost(own), eventPost(other), eventPost(stranger), null]);
  const first = await send(bearer);
  expect(JSON.parse(first.text).map(({ status }: { status: number }) => status)).toEqual([
    201, 201, 403, 400,
  ]);
  expect(await send(bearer)).toEqual({ ...first, isKept: true });
  await sql`delete from organization_member where organization_id = ${other.organization_id}`.execute(
    world.ctx.db,
  );
  const again = await send(bearer);
  expect([again.status, again.isKept], again.text).toEqual([403, false]);
});

test("a key costs an event, and a batch of any number of applications, four round trips more", async () => {
  await using world = await createWorld();
  const tenants = [
    await createTenant(world),
    await createTenant(world, "Other"),
    await createTenant(world, "Third"),
  ];
  const [tenant] = tenants;
  const bearer = tenant?.application_secret ?? "";
  for (const [path, body] of [
    ["/event", eventPost(tenants[0] ?? { application_id: "" })],
    ["/events/batch", tenants.map((one) => eventPost(one))],
  ] as const) {
    const send = sender(world, path, body);
    // Who asks, whose the applications are, the key, the events, the answer.
    expect(await countRoundTrips(() => send(bearer)), path).toBe(5);
    expect(await countRoundTrips(() => send(bearer)), `${path}, kept`).toBe(3);
  }
});
