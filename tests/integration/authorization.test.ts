import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import * as ServiceToken from "#core/service-token.ts";
import { allowedRoles, type Action } from "#core/auth/action.ts";
import { createBiscuits } from "#core/auth/biscuit.ts";
import { attenuate } from "../helpers/attenuate.ts";
import { putSchema } from "../helpers/payload-schemas.ts";
import { startReceiver } from "../helpers/receiver.ts";
import { publicRoutes, routeCases, type Fixtures } from "../helpers/routes.ts";
import {
  createMember,
  createTenant,
  createWorld,
  eventPost,
  MASTER_API_KEY,
  subscriptionPost,
  type World,
} from "../helpers/world.ts";

/** A tenant with one of everything: a subscription, a delivered event, a member, a spare and an attenuated token. */
async function createFixtures(world: World, url: string): Promise<Fixtures> {
  const tenant = await createTenant(world);
  const token = tenant.service_token;
  const subscription = await world.call("POST", "/subscriptions", token, subscriptionPost(tenant, url));
  const event = await world.call("POST", "/event", token, eventPost(tenant));
  await putSchema(world, tenant, "warn", { type: "object" });
  await world.runDelivery(await world.receive());
  const attempts = await world.call(
    "GET",
    `/request_attempts?application_id=${tenant.application_id}`,
    token,
  );
  const { organization_id, application_id } = tenant;
  const replay = await world.call("POST", "/replays", token, { application_id, filter: {} });
  const nothing = { application_id, labels: { customer: "nobody" } };
  const erasure = await world.call("POST", "/erasures", token, nothing);
  const spare = await ServiceToken.create(world.ctx, world.biscuits, { organization_id, name: "spare" });
  return {
    ...tenant,
    subscription_id: subscription.json.subscription_id,
    event_id: event.json.event_id,
    request_attempt_id: attempts.json[0].request_attempt_id,
    replay_id: replay.json.replay_id,
    erasure_id: erasure.json.erasure_id,
    member_id: (await createMember(world, organization_id, "viewer")).user_id,
    spare_token_id: spare.token_id,
    child_token: await attenuate(token, "check if true"),
  };
}

const hex = (uuid: string) => `hex:${uuid.replaceAll("-", "")}`;
const refusals = [401, 403, 404];

test("the table names every route of the API", async () => {
  await using world = await createWorld();
  const known = world.app.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replace("/api/v1", "")}`);
  const tabled = routeCases.map(({ method, route }) => `${method} ${route}`);
  expect(new Set(known)).toEqual(new Set([...tabled, ...publicRoutes]));
});

test("every route refuses who may not take it, and changes nothing", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const own = await createFixtures(world, receiver.url);
  const other = await createFixtures(world, receiver.url);
  const past = `check if time($t), $t < 2020-01-01T00:00:00Z`;
  const foreignKey = await createBiscuits({ privateKey: "66".repeat(32) });
  const strangers: Record<string, string | null> = {
    "no token": null,
    "an unknown UUID": randomUUID(),
    "a garbled token": own.service_token.slice(0, -20),
    "a token signed with another key": foreignKey.mintServiceToken({
      tokenId: randomUUID(),
      organizationId: own.organization_id,
      createdAt: new Date(),
    }).biscuit,
    "a token that is not in the ledger": world.biscuits.mintServiceToken({
      tokenId: randomUUID(),
      organizationId: own.organization_id,
      createdAt: new Date(),
    }).biscuit,
    "a refresh token": world.biscuits.mintRefreshToken({
      tokenId: randomUUID(),
      sessionId: randomUUID(),
      userId: own.member_id,
      createdAt: new Date(),
      expiresAt: new Date(Date.now() + 60_000),
    }).biscuit,
    "another organization's token": other.service_token,
    "another organization's editor": await (
      await createMember(world, other.organization_id, "editor")
    ).signIn(),
    "another application's secret": other.application_secret,
    "an expired token": await attenuate(own.service_token, past),
    "a token for another application": await attenuate(
      own.service_token,
      `check if application_id(${hex(other.application_id)})`,
    ),
    "a token for another action": await attenuate(own.service_token, `check if action("nothing:at_all")`),
  };
  for (const { action, method, route, scope, request } of routeCases) {
    const { path, body } = request(own);
    // What names no tenant concerns the caller's own: it has no strangers of another organization.
    const isOwnMatter = action === "organization:list" || scope === "person";
    for (const [who, token] of Object.entries(strangers)) {
      if (isOwnMatter && who.startsWith("another organization")) continue;
      const answer = await world.call(method, path, token, body);
      expect(refusals, `${method} ${route} with ${who}: ${answer.status} ${answer.text}`).toContain(
        answer.status,
      );
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(answer.text, "a refusal tells nothing of the thing").not.toContain(own.application_secret);
    }
  }
  const events = await world.call("GET", `/events?application_id=${own.application_id}`, own.service_token);
  expect(events.json).toHaveLength(1);
});

test.each(["service token", "application secret", "master key", "attenuated token", "editor", "viewer"])(
  "every route serves the %s where it may be taken, and no other",
  async (kind) => {
    await using world = await createWorld();
    await using receiver = await startReceiver();
    const tenant = await createFixtures(world, receiver.url);
    const person = await createMember(world, tenant.organization_id, kind === "viewer" ? "viewer" : "editor");
    const tokens: Record<string, (action: Action) => Promise<string>> = {
      "service token": async () => tenant.service_token,
      "application secret": async () => tenant.application_secret,
      "master key": async () => MASTER_API_KEY,
      "attenuated token": (action) => attenuate(tenant.service_token, `check if action("${action}")`),
      editor: person.signIn,
      viewer: person.signIn,
    };
    for (const { action, method, route, scope, success, request } of routeCases) {
      const { path, body } = request(tenant);
      const token = (await tokens[kind]?.(action)) ?? "";
      const answer = await world.call(method, path, token, body);
      const isPerson = kind === "editor" || kind === "viewer";
      const isRefused =
        (kind === "application secret" && scope === "organization") ||
        (kind === "viewer" && !allowedRoles[action].includes("viewer")) ||
        (!isPerson && scope === "person") ||
        // The secret has revoked itself by then; to a viewer nothing has been deleted.
        (kind === "application secret" && action === "application:delete");
      expect(answer.status, `${method} ${route}: ${answer.text}`).toBe(isRefused ? 403 : success);
    }
  },
);

test("a revoked token, and every token attenuated from it, is refused from the next request on", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const child = await attenuate(
    tenant.service_token,
    `check if action($a), ["event:ingest", "event:list"].contains($a)`,
  );
  const list = `/events?application_id=${tenant.application_id}`;
  for (const token of [tenant.service_token, child]) {
    expect((await world.call("POST", "/event", token, eventPost(tenant))).status).toBe(201);
    expect((await world.call("GET", list, token)).status).toBe(200);
  }
  await ServiceToken.revoke(world.ctx, tenant.organization_id, tenant.token_id);
  for (const token of [tenant.service_token, child]) {
    expect((await world.call("POST", "/event", token, eventPost(tenant))).json.id).toBe("AuthInvalidBiscuit");
    expect((await world.call("GET", list, token)).json.id).toBe("AuthInvalidBiscuit");
  }
});

test("a deleted application secret is refused from the next request on", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const secret = tenant.application_secret;
  expect((await world.call("POST", "/event", secret, eventPost(tenant))).status).toBe(201);
  const path = `/application_secrets/${secret}?application_id=${tenant.application_id}`;
  expect((await world.call("DELETE", path, tenant.service_token)).status).toBe(204);
  expect((await world.call("POST", "/event", secret, eventPost(tenant))).json.id).toBe("AuthInvalidBiscuit");
});

test("a token attenuated in time ends to the second, whatever was answered just before", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const end = new Date(world.ctx.now().getTime() + 10_000).toISOString();
  const token = await attenuate(tenant.service_token, `check if time($t), $t < ${end.replace(/\.\d+/, "")}`);
  expect((await world.call("POST", "/event", token, eventPost(tenant))).status).toBe(201);
  world.advance(10);
  expect((await world.call("POST", "/event", token, eventPost(tenant))).status).toBe(403);
});

test("the bearer may come without its prefix; an unreadable header is told apart from a missing one", async () => {
  await using world = await createWorld();
  const { service_token, organization_id } = await createTenant(world);
  const path = `/api/v1/applications?organization_id=${organization_id}`;
  const get = (authorization?: string) =>
    world.app.request(path, authorization === undefined ? {} : { headers: { authorization } }, {
      clientIp: "::1",
    });
  expect((await get(service_token)).status).toBe(200);
  expect((await get(`bearer ${service_token}`)).status).toBe(200);
  expect((await get()).status).toBe(401);
  expect((await get("Bearer  ")).status).toBe(400);
});
