import { expect, test } from "vitest";
import { createBiscuits } from "#core/auth/biscuit.ts";
import { attenuate } from "../helpers/attenuate.ts";
import {
  createMember,
  createTenant,
  createWorld,
  eventPost,
  PRIVATE_KEY,
  subscriptionPost,
} from "../helpers/world.ts";

test("an organization's life, by API alone", async () => {
  await using world = await createWorld();
  const home = await createTenant(world);
  const founder = await createMember(world, home.organization_id, "viewer");
  const token = await founder.signIn();
  const call = (method: string, path: string, body?: unknown) => world.call(method, path, token, body);

  const founded = await call("POST", "/organizations", { name: "Pigeon Post" });
  expect(founded.status, founded.text).toBe(200);
  expect(founded.json).toMatchObject({
    name: "Pigeon Post",
    plan: null,
    users: [{ user_id: founder.user_id, role: "editor" }],
    consumption: { members: 1, applications: 0, events_per_day: 0 },
    onboarding_steps: { application: "ToDo", event_type: "ToDo", subscription: "ToDo", event: "ToDo" },
  });
  const { organization_id } = founded.json;
  const path = `/organizations/${organization_id}`;
  expect((await call("PUT", path, { name: "Carrier Pigeons" })).json.name).toBe("Carrier Pigeons");

  const { application_id } = (await call("POST", "/applications", { organization_id, name: "Loft" })).json;
  await call("POST", "/event_types", {
    application_id,
    service: "shop",
    resource_type: "order",
    verb: "paid",
  });
  await call("POST", "/subscriptions", subscriptionPost({ application_id }, "https://a.example/"));
  expect((await call("POST", "/event", eventPost({ application_id }))).status).toBe(201);
  expect((await call("GET", path)).json).toMatchObject({
    consumption: { applications: 1, events_per_day: 1 },
    onboarding_steps: { application: "Done", event_type: "Done", subscription: "Done", event: "Done" },
  });
  const days = await call("GET", `/events_per_day/organization?organization_id=${organization_id}`);
  expect(days.json).toEqual([
    {
      application_id,
      application_name: "Loft",
      date: world.ctx.now().toISOString().slice(0, 10),
      amount: 1,
      is_provisional: false,
    },
  ]);
  const backwards = `/events_per_day/application?application_id=${application_id}&from=2026-02-01&to=2026-01-01`;
  expect((await call("GET", backwards)).json.id).toBe("InvalidDateRange");

  expect((await call("DELETE", path)).json).toMatchObject({ status: 409, id: "OrganizationIsNotEmpty" });
  expect((await call("DELETE", `/applications/${application_id}`)).status).toBe(204);
  expect((await call("DELETE", path)).status).toBe(204);
  expect((await call("GET", path)).status).toBe(403);
});

test("a person without an account is invited by mail and is a member once the address is proven", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const invite = (email: string, role = "viewer") =>
    world.call("POST", `/organizations/${tenant.organization_id}/invite`, tenant.service_token, {
      email,
      role,
    });
  expect((await invite("grace@example.com")).json).toEqual({ email: "grace@example.com", role: "viewer" });
  expect((await invite("Grace@example.com")).json.id).toBe("InvitedUserAlreadyInOrganization");
  await world.flushMail();
  expect(world.mails[0]).toMatchObject({ to: "grace@example.com", subject: expect.stringContaining("Acme") });

  const grace = {
    first_name: "Grace",
    last_name: "Hopper",
    email: "grace@example.com",
    password: "nanosecond of wire",
  };
  await world.call("POST", "/register", null, grace);
  await world.flushMail();
  const [, token] = /token=([\w-]+)/.exec(world.mails.at(-1)?.text ?? "") ?? [];
  const session = await world.call("POST", "/auth/verify-email", null, { token });
  const own = (await world.call("GET", "/organizations", session.json.access_token)).json;
  expect(own).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ organization_id: tenant.organization_id, role: "viewer" }),
    ]),
  );
});

test("members: existing people join at once, roles are checked, nobody changes their own", async () => {
  await using world = await createWorld();
  const [tenant, elsewhere] = [await createTenant(world), await createTenant(world)];
  const editor = await createMember(world, tenant.organization_id, "editor");
  const guest = await createMember(world, elsewhere.organization_id, "editor");
  const token = await editor.signIn();
  const call = (method: string, body: object) =>
    world.call(method, `/organizations/${tenant.organization_id}/invite`, token, body);

  expect((await call("POST", { email: guest.email, role: "owner" })).json.id).toBe("InvalidRole");
  expect((await call("POST", { email: guest.email, role: "viewer" })).status).toBe(200);
  expect((await call("POST", { email: guest.email, role: "viewer" })).json.id).toBe(
    "InvitedUserAlreadyInOrganization",
  );
  expect((await call("PUT", { user_id: guest.user_id, role: "owner" })).json.id).toBe("InvalidRole");
  expect((await call("PUT", { user_id: editor.user_id, role: "viewer" })).json.id).toBe("Forbidden");
  expect((await call("PUT", { user_id: crypto.randomUUID(), role: "viewer" })).json.id).toBe("NotFound");
  expect((await call("PUT", { user_id: guest.user_id, role: "editor" })).status).toBe(200);
});

test("a member who is demoted or removed is so from the next request on, with the token they hold", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const member = await createMember(world, tenant.organization_id, "editor");
  const token = await member.signIn();
  const path = `/organizations/${tenant.organization_id}/invite`;
  expect((await world.call("POST", "/event", token, eventPost(tenant))).status).toBe(201);

  await world.call("PUT", path, tenant.service_token, { user_id: member.user_id, role: "viewer" });
  expect((await world.call("POST", "/event", token, eventPost(tenant))).json.id).toBe("Forbidden");
  const list = `/events?application_id=${tenant.application_id}`;
  expect((await world.call("GET", list, token)).status).toBe(200);
  await world.call("DELETE", path, tenant.service_token, { user_id: member.user_id });
  expect((await world.call("GET", list, token)).json.id).toBe("Forbidden");
});

test("one attenuated token is revoked alone: its children with it, its parent and siblings not", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const child = await attenuate(tenant.service_token, "check if true");
  const grandchild = await attenuate(child, "check if true");
  const sibling = await attenuate(tenant.service_token, "check if true");
  const body = { organization_id: tenant.organization_id, token: child };
  expect((await world.call("POST", "/revoked_tokens", tenant.service_token, body)).status).toBe(201);
  expect((await world.call("POST", "/revoked_tokens", tenant.service_token, body)).status).toBe(201);
  const list = `/events?application_id=${tenant.application_id}`;
  for (const [token, status] of [
    [child, 403],
    [grandchild, 403],
    [sibling, 200],
    [tenant.service_token, 200],
  ] as const) {
    expect((await world.call("GET", list, token)).status).toBe(status);
    expect((await world.call("POST", "/event", token, eventPost(tenant))).status).toBe(
      status === 200 ? 201 : 403,
    );
  }
  const root = { ...body, token: tenant.service_token };
  expect((await world.call("POST", "/revoked_tokens", tenant.service_token, root)).json.id).toBe(
    "Validation",
  );
});

test("after the root key is rotated, tokens of the previous key are still good and new ones are signed with the new", async () => {
  const before = await createBiscuits({ privateKey: PRIVATE_KEY });
  const facts = { tokenId: crypto.randomUUID(), organizationId: crypto.randomUUID(), createdAt: new Date() };
  const old = before.mintServiceToken(facts).biscuit;
  const after = await createBiscuits({ privateKey: "77".repeat(32), previousPublicKey: before.publicKey });
  const request = { action: "event:list", organizationId: facts.organizationId } as const;
  expect(after.allows(old, request, new Date())).toBe(true);
  expect(before.identify(after.mintServiceToken(facts).biscuit)).toBeNull();
  const later = await createBiscuits({ privateKey: "77".repeat(32) });
  expect(later.allows(old, request, new Date())).toBe(false);
});

test("the audit log says who changed what, from where, and holds no secret", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const editor = await createMember(world, tenant.organization_id, "editor");
  const token = await editor.signIn();
  const created = await world.call(
    "POST",
    "/subscriptions",
    token,
    subscriptionPost(tenant, "https://a.example/"),
  );
  const { application_id } = tenant;
  const secret = (await world.call("POST", "/application_secrets", tenant.service_token, { application_id }))
    .json.token;
  await world.call(
    "DELETE",
    `/application_secrets/${secret}?application_id=${application_id}`,
    tenant.service_token,
  );
  await world.call("POST", "/subscriptions", token, { application_id });

  const log = await world.call("GET", `/audit_log?organization_id=${tenant.organization_id}`, token);
  expect(log.json).toMatchObject([
    {
      action: "application_secret:delete",
      actor_kind: "service_token",
      actor_id: tenant.token_id,
      ip: "192.0.2.7",
    },
    { action: "application_secret:create", subject: `…${secret.slice(-4)}` },
    {
      action: "subscription:create",
      actor_kind: "user",
      actor_id: editor.user_id,
      application_id,
      subject: created.json.subscription_id,
    },
  ]);
  expect(log.text).not.toContain(secret);
});
