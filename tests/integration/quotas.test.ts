import { expect, test } from "vitest";
import type { QuotaSettings } from "#core/quota.ts";
import {
  createMember,
  createTenant,
  createWorld,
  eventPost,
  MASTER_API_KEY,
  subscriptionPost,
} from "../helpers/world.ts";

const quotas: QuotaSettings = {
  enabled: true,
  limits: {
    global_members_per_organization_limit: 2,
    global_applications_per_organization_limit: 3,
    global_events_per_day_limit: 20,
    global_days_of_events_retention_limit: 7,
    global_subscriptions_per_application_limit: 4,
    global_event_types_per_application_limit: 5,
  },
};
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

test("creation quotas are exact under a burst, and name the limit", async () => {
  await using world = await createWorld({ quotas });
  const tenant = await createTenant(world);
  const { organization_id, application_id } = tenant;
  const burst = async (path: string, body: (index: number) => object) => {
    const answers = await Promise.all(
      times(12, (index) => world.call("POST", path, MASTER_API_KEY, body(index))),
    );
    const refused = answers.filter(({ status }) => status === 429);
    return {
      created: answers.length - refused.length,
      id: refused[0]?.json.id,
      detail: refused[0]?.json.detail,
    };
  };
  expect(await burst("/applications", (n) => ({ organization_id, name: `app ${n}` }))).toMatchObject({
    created: 2, // and the tenant's own
    id: "TooManyApplicationsPerOrganization",
    detail: expect.stringContaining("3"),
  });
  expect(await burst("/subscriptions", () => subscriptionPost(tenant, "https://a.example/"))).toMatchObject({
    created: 4,
    id: "TooManySubscriptionsPerApplication",
  });
  const type = (n: number) => ({ application_id, service: "s", resource_type: "r", verb: `v${n}` });
  expect(await burst("/event_types", type)).toMatchObject({
    created: 4,
    id: "TooManyEventTypesPerApplication",
  });
  const known = { application_id, service: "shop", resource_type: "order", verb: "paid" };
  const again = await world.call("POST", "/event_types", MASTER_API_KEY, known);
  expect(again.status, "an existing one takes no place").toBe(201);
  const invite = `/organizations/${organization_id}/invite`;
  expect(await burst(invite, (n) => ({ email: `p${n}@example.com`, role: "viewer" }))).toMatchObject({
    created: 2,
    id: "TooManyMembersPerOrganization",
  });
});

test("events a day stop at the limit under a burst, for the application alone, until the next UTC day", async () => {
  await using world = await createWorld({ quotas });
  const [tenant, other] = [await createTenant(world), await createTenant(world)];
  const send = () => world.call("POST", "/event", tenant.application_secret, eventPost(tenant));
  const answers = await Promise.all(times(60, send));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
  const refused = answers.filter(({ status }) => status !== 201);
  expect(new Set(refused.map(({ json }) => json.id))).toEqual(new Set(["TooManyEventsToday"]));
  expect((await world.call("POST", "/event", other.application_secret, eventPost(other))).status).toBe(201);

  const info = await world.call("GET", `/applications/${tenant.application_id}`, tenant.application_secret);
  expect(info.json).toMatchObject({
    consumption: { events_per_day: 20 },
    quotas: { events_per_day_limit: 20 },
  });
  const stored = await world.ctx.db
    .selectFrom("event")
    .where("application_id", "=", tenant.application_id)
    .selectAll()
    .execute();
  expect(stored).toHaveLength(20);
  world.advance(86_400);
  expect((await send()).status).toBe(201);
});

test("an application's own limit and its organization's plan come before the instance's; an unlimited plan has none", async () => {
  await using world = await createWorld({ quotas });
  const tenant = await createTenant(world);
  const send = (count: number) =>
    Promise.all(
      times(count, () => world.call("POST", "/event", tenant.application_secret, eventPost(tenant))),
    );
  const accepted = async (count: number) => (await send(count)).filter(({ status }) => status === 201).length;
  const { db } = world.ctx;
  await db
    .updateTable("application")
    .set({ events_per_day_limit: 3 })
    .where("application_id", "=", tenant.application_id)
    .execute();
  expect(await accepted(10)).toBe(3);
  await db.updateTable("application").set({ events_per_day_limit: null }).execute();
  await db
    .insertInto("plan")
    .values({
      name: "paid",
      label: "Paid",
      members_per_organization_limit: null,
      applications_per_organization_limit: null,
      events_per_day_limit: null,
      days_of_events_retention_limit: 30,
      subscriptions_per_application_limit: null,
      event_types_per_application_limit: null,
    })
    .execute();
  await db.updateTable("organization").set({ plan_name: "paid" }).execute();
  expect(await accepted(40)).toBe(40);
});

test("editors are warned once at 80 %, and told once when events are refused", async () => {
  await using world = await createWorld({ quotas });
  const tenant = await createTenant(world);
  const editor = await createMember(world, tenant.organization_id, "editor");
  await createMember(world, tenant.organization_id, "viewer");
  const mailsAfter = async (count: number) => {
    for (let sent = 0; sent < count; sent++) {
      await world.call("POST", "/event", tenant.application_secret, eventPost(tenant));
    }
    await world.flushMail();
    return world.mails.map(({ to, subject }) => [to, subject]);
  };
  expect(await mailsAfter(15)).toEqual([]);
  const warning = [editor.email, "Acme app has used 80 % of its 20 events of today"];
  expect(await mailsAfter(5)).toEqual([warning]);
  expect(await mailsAfter(5)).toEqual([
    warning,
    [editor.email, "Acme app has reached its 20 events of today"],
  ]);
});

test("requests of one token, and of one address, are limited across instances; refusals say when to come back", async () => {
  const rateLimits = { token: { burst: 10, perSecond: 1 }, address: { burst: 1_000, perSecond: 1_000 } };
  await using world = await createWorld({ rateLimits });
  const tenant = await createTenant(world);
  const list = () =>
    world.call("GET", `/events?application_id=${tenant.application_id}`, tenant.service_token);
  const answers = await Promise.all(times(30, list));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.json.id).toBe("RateLimited");
  expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  expect(refused?.headers.get("x-ratelimit-after")).toBe(refused?.headers.get("retry-after"));
  const secret = await world.call(
    "GET",
    `/events?application_id=${tenant.application_id}`,
    tenant.application_secret,
  );
  expect(secret.status, "another credential has its own bucket").toBe(200);
  world.advance(3);
  expect((await Promise.all(times(5, list))).filter(({ status }) => status === 200)).toHaveLength(3);
});
