import { expect, test } from "vitest";
import * as ServiceToken from "#core/service-token.ts";
import { portalLimits } from "#core/auth/delegate.ts";
import { attenuate, delegated } from "../helpers/attenuate.ts";
import { routeCases } from "../helpers/routes.ts";
import { createMember, createTenant, createWorld, MASTER_API_KEY } from "../helpers/world.ts";

test("a token tells what it may do and until when, in words and as JSON, limit by limit", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const expiresAt = new Date("2030-01-01T00:00:00Z");
  const portal = await delegated(
    tenant.service_token,
    portalLimits({ applicationId: tenant.application_id, labels: { customer: "42" }, expiresAt }),
  );
  const token = await delegated(portal, { actions: ["subscription:list"], sourceNetworks: ["10.0.0.0/8"] });
  const { status, json } = await world.call("GET", "/token", token);
  expect(status).toBe(200);
  expect(json).toMatchObject({
    kind: "service_token",
    state: "valid",
    valid_from: null,
    valid_until: expiresAt.toISOString(),
    organizations: [{ organization_id: tenant.organization_id, role: null }],
    actions: ["subscription:list"],
    other_rules: [],
  });
  for (const words of [
    `A service token of organization ${tenant.organization_id}`,
    `Only in application ${tenant.application_id}.`,
    "Only for what carries the label customer=42, or the actions event_type:list and event_type:get.",
    "May only take the action subscription:list.",
    "Only for requests from network 10.0.0.0/8.",
    "Until 2030-01-01T00:00:00.000Z.",
  ])
    expect(json.summary).toContain(words);
  const blocks = new Set(json.limits.map((limit: { revocation_id: string }) => limit.revocation_id));
  expect(blocks.size).toBe(2);
});

test("a token that has ended says so; a revoked one says nothing", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const past = await delegated(tenant.service_token, { expiresAt: new Date("2020-01-01T00:00:00Z") });
  const future = await delegated(tenant.service_token, { notBefore: new Date("2099-01-01T00:00:00Z") });
  expect((await world.call("GET", "/token", past)).json.state).toBe("expired");
  expect((await world.call("GET", "/token", future)).json.state).toBe("not_yet_valid");
  await ServiceToken.revoke(world.ctx, tenant.organization_id, tenant.token_id);
  expect((await world.call("GET", "/token", past)).json.id).toBe("AuthInvalidBiscuit");
  expect((await world.call("GET", "/token", null)).status).toBe(401);
  expect((await world.call("GET", "/token", crypto.randomUUID())).status).toBe(403);
});

test("a rule that is none of ours is shown as it is", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const token = await attenuate(tenant.service_token, `check if time($t), $t.type() == "date"`);
  const { json } = await world.call("GET", "/token", token);
  expect(json.other_rules).toEqual([`check if time($t), $t.type() == "date"`]);
  expect(json.summary).toContain("as its own rules say: check if time($t)");
});

test("secrets, sessions and the master key explain themselves too", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const viewer = await createMember(world, tenant.organization_id, "viewer");
  const secret = await world.call("GET", "/token", tenant.application_secret);
  expect(secret.json).toMatchObject({ kind: "application_secret", application_id: tenant.application_id });
  const inApplications = routeCases.filter(({ scope }) => scope === "application");
  expect(new Set(secret.json.actions)).toEqual(new Set(inApplications.map(({ action }) => action)));
  const session = await world.call("GET", "/token", await viewer.signIn());
  expect(session.json).toMatchObject({
    kind: "user",
    organizations: [{ organization_id: tenant.organization_id, role: "viewer" }],
  });
  expect(session.json.actions).toContain("event:get");
  expect(session.json.actions).not.toContain("event:ingest");
  expect(Date.parse(session.json.valid_until)).toBeGreaterThan(world.ctx.now().getTime());
  const master = await world.call("GET", "/token", MASTER_API_KEY);
  expect(master.json).toMatchObject({ kind: "master", organizations: null, limits: [] });
});
