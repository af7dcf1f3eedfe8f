import { sql } from "kysely";
import { expect, test } from "vitest";
import { advanceErasures } from "#core/erasure.ts";
import { NO_QUOTAS, type QuotaSettings } from "#core/quota.ts";
import { createLink, useLink } from "#core/account/link.ts";
import { openSession } from "#core/account/session.ts";
import { startReceiver } from "../helpers/receiver.ts";
import {
  createMember,
  createTenant,
  createWorld,
  eventPost,
  subscriptionPost,
  type Tenant,
  type World,
} from "../helpers/world.ts";

const DAY_SECONDS = 86_400;
const keptDays = (days: number, enabled = true): QuotaSettings => ({
  enabled,
  limits: {
    global_members_per_organization_limit: 100,
    global_applications_per_organization_limit: 100,
    global_events_per_day_limit: 1_000_000,
    global_days_of_events_retention_limit: days,
    global_subscriptions_per_application_limit: 100,
    global_event_types_per_application_limit: 100,
  },
});

interface PastEvents {
  readonly events: number;
  readonly ageDays: number;
  readonly attemptsEach?: number;
  readonly isOpen?: boolean;
  readonly labels?: object;
}

/** Events of that age with finished attempts, or with one open attempt each. */
async function addPast(world: World, { application_id }: Tenant, past: PastEvents) {
  const { events, ageDays, attemptsEach = 1, isOpen = false, labels = { customer: "1" } } = past;
  const at = new Date(world.ctx.now().getTime() - ageDays * DAY_SECONDS * 1_000);
  await sql`
    with made as (
      insert into event (application_id, event_id, event_type_name, payload, payload_content_type, ip, metadata, labels,
        occurred_at, received_at)
      select ${application_id}, uuidv7(), 'shop.order.paid', '{}', 'application/json', '192.0.2.7', '{}',
        ${JSON.stringify(labels)}::jsonb, ${at}, ${at}::timestamptz - n * interval '1 millisecond'
      from generate_series(1, ${events}) n
      returning event_id, received_at
    )
    insert into request_attempt (delivery_id, application_id, event_id, event_type_name, subscription_id, retry_count,
      created_at, due_at, enqueue_at, failed_at, response_body)
    select uuidv7(), ${application_id}, event_id, 'shop.order.paid', uuidv7(), 0, received_at, received_at,
      'infinity', case when not ${isOpen}::boolean then ${at}::timestamptz end, 'an answer'
    from made, generate_series(1, ${attemptsEach})
  `.execute(world.ctx.db);
}

async function countOf(world: World, { application_id }: Tenant) {
  const { rows } = await sql<{ events: number; attempts: number }>`
    select (select count(*)::int from event where application_id = ${application_id}) as events,
      (select count(*)::int from request_attempt where application_id = ${application_id}) as attempts
  `.execute(world.ctx.db);
  return rows[0];
}

test("what is older than the retention goes with its attempts, in steps; what is younger or still open stays", async () => {
  await using world = await createWorld({ quotas: keptDays(7) });
  const tenant = await createTenant(world);
  await addPast(world, tenant, { events: 1_300, ageDays: 8, attemptsEach: 3 });
  await addPast(world, tenant, { events: 700, ageDays: 9, isOpen: true });
  await addPast(world, tenant, { events: 20, ageDays: 6 });
  await world.runScheduler();
  expect(await countOf(world, tenant)).toEqual({ events: 720, attempts: 720 });
  const { rows } = await sql<{ young: number }>`
    select count(*)::int as young from event where received_at >= ${world.ctx.now()}::timestamptz - interval '7 days'
  `.execute(world.ctx.db);
  expect(rows).toEqual([{ young: 20 }]);

  await sql`update request_attempt set failed_at = ${world.ctx.now()} where failed_at is null`.execute(
    world.ctx.db,
  );
  await world.runScheduler();
  expect(await countOf(world, tenant), "looked for every ten minutes").toEqual({
    events: 720,
    attempts: 720,
  });
  world.advance(600);
  await world.runScheduler();
  expect(await countOf(world, tenant)).toEqual({ events: 20, attempts: 20 });
});

test("attempts that were made while their event went are deleted when they are old", async () => {
  await using world = await createWorld({ quotas: keptDays(7) });
  const tenant = await createTenant(world);
  await addPast(world, tenant, { events: 5, ageDays: 8 });
  await addPast(world, tenant, { events: 3, ageDays: 6 });
  await sql`delete from event`.execute(world.ctx.db);
  await world.runScheduler();
  expect(await countOf(world, tenant)).toEqual({ events: 0, attempts: 3 });
});

test("an application's own retention and its plan's hold where they are shorter; a plan comes before the instance", async () => {
  await using world = await createWorld({ quotas: keptDays(7) });
  const { db } = world.ctx;
  const [plain, short, long, planned] = [
    await createTenant(world),
    await createTenant(world),
    await createTenant(world),
    await createTenant(world),
  ];
  const own = (tenant: Tenant, days: number) =>
    db
      .updateTable("application")
      .set({ days_of_events_retention_limit: days })
      .where("application_id", "=", tenant.application_id)
      .execute();
  await own(short, 2);
  await own(long, 1_000);
  await sql`insert into plan (name, label, days_of_events_retention_limit) values ('paid', 'Paid', 30)`.execute(
    db,
  );
  await db
    .updateTable("organization")
    .set({ plan_name: "paid" })
    .where("organization_id", "=", planned.organization_id)
    .execute();
  for (const tenant of [plain, short, long, planned]) {
    for (const ageDays of [1, 5, 20, 40]) await addPast(world, tenant, { events: 1, ageDays });
  }
  await world.runScheduler();
  const kept = async (tenant: Tenant) => (await countOf(world, tenant))?.events;
  expect(await Promise.all([plain, short, long, planned].map(kept))).toEqual([2, 1, 2, 3]);
});

test("without quotas events are kept for ever, or as long as the operator says", async () => {
  for (const { quotas, events, shown } of [
    { quotas: NO_QUOTAS, events: 1, shown: 2_147_483_647 },
    { quotas: keptDays(30, false), events: 0, shown: 30 },
  ]) {
    await using world = await createWorld({ quotas });
    const tenant = await createTenant(world);
    await addPast(world, tenant, { events: 1, ageDays: 4_000 });
    await world.runScheduler();
    expect(await countOf(world, tenant)).toEqual({ events, attempts: events });
    const info = await world.call("GET", `/applications/${tenant.application_id}`, tenant.service_token);
    expect(info.json.quotas.days_of_events_retention_limit).toBe(shown);
  }
});

test("a deleted application's events go after thirty days, whatever the retention", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  await addPast(world, tenant, { events: 3, ageDays: 0 });
  await world.call("DELETE", `/applications/${tenant.application_id}`, tenant.service_token);
  world.advance(29 * DAY_SECONDS);
  await world.runScheduler();
  expect(await countOf(world, tenant)).toEqual({ events: 3, attempts: 3 });
  world.advance(DAY_SECONDS + 600);
  await world.runScheduler();
  expect(await countOf(world, tenant)).toEqual({ events: 0, attempts: 0 });
});

test("sessions, links and rate limits that have ended are deleted, and no others", async () => {
  await using world = await createWorld({
    rateLimits: { token: { burst: 10, perSecond: 1 }, address: { burst: 10, perSecond: 1 } },
  });
  const tenant = await createTenant(world);
  const member = await createMember(world, tenant.organization_id, "editor");
  const rows = async () => {
    const { rows } = await sql`select (select count(*)::int from session_token) as sessions,
      (select count(*)::int from account_link) as links,
      (select count(*)::int from rate_limit) as limits`.execute(world.ctx.db);
    return rows[0];
  };
  const openAll = async () => {
    await openSession(world.ctx, world.biscuits, member.user_id, crypto.randomUUID());
    const link = await createLink(world.ctx, member.user_id, "verify_email");
    await world.call("GET", `/applications/${tenant.application_id}`, tenant.service_token);
    return link ?? "";
  };
  await openAll();
  const before = await rows();
  await world.runScheduler();
  expect(await rows(), "nothing has ended").toEqual(before);
  world.advance(90 * DAY_SECONDS);
  const link = await openAll();
  await world.runScheduler();
  expect(await rows()).toEqual(before);
  expect(await useLink(world.ctx, link, "verify_email")).toBe(member.user_id);
});

test("a data subject's events are erased with attempts and responses, open ones too, and nobody else's", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const [tenant, other] = [await createTenant(world), await createTenant(world)];
  for (const who of [tenant, other]) {
    await world.call("POST", "/subscriptions", who.service_token, subscriptionPost(who, receiver.url));
    await addPast(world, who, { events: 2, ageDays: 1, attemptsEach: 2 });
  }
  await addPast(world, tenant, { events: 4, ageDays: 1, labels: { customer: "2" } });
  const sent = await world.call("POST", "/event", tenant.application_secret, eventPost(tenant));
  const body = { application_id: tenant.application_id, labels: { customer: "1" } };
  const erased = await world.call("POST", "/erasures", tenant.service_token, body);
  expect(erased).toMatchObject({
    status: 201,
    json: { state: "completed", events_erased: 3, attempts_erased: 5, labels: null },
  });
  await world.runDelivery(await world.receive());
  expect(receiver.received, "the open attempt was not made").toEqual([]);
  const path = `/events/${sent.json.event_id}?application_id=${tenant.application_id}`;
  expect((await world.call("GET", path, tenant.service_token)).status).toBe(404);
  expect(await countOf(world, tenant)).toEqual({ events: 4, attempts: 4 });
  expect(await countOf(world, other)).toEqual({ events: 2, attempts: 4 });
  const { rows } = await sql`select labels from erasure`.execute(world.ctx.db);
  expect(rows, "whose events they were is forgotten").toEqual([{ labels: {} }]);
  const log = `/audit_log?organization_id=${tenant.organization_id}`;
  expect((await world.call("GET", log, tenant.service_token)).json[0]).toMatchObject({
    action: "erasure:create",
    subject: erased.json.erasure_id,
  });
});

test("a large erasure is worked off by the scheduler, from where it was interrupted", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  await addPast(world, tenant, { events: 11_500, ageDays: 1, attemptsEach: 2 });
  await addPast(world, tenant, { events: 1, ageDays: 1, attemptsEach: 2_500 });
  const body = { application_id: tenant.application_id, all_events: true };
  const erased = await world.call("POST", "/erasures", tenant.service_token, body);
  expect(erased.json.state).toBe("running");
  expect(erased.json.events_erased).toBeGreaterThan(1_000);
  const options = { stepsMax: 3, stopAt: new Date(8.64e15) };
  const crash = new Error("crash");
  const crashing = world.ctx.db.transaction().execute(async (tx) => {
    await advanceErasures({ ...world.ctx, db: tx }, options);
    throw crash;
  });
  await expect(crashing).rejects.toBe(crash);
  await Promise.all([advanceErasures(world.ctx, options), advanceErasures(world.ctx, options)]);
  await world.runScheduler();
  const path = `/erasures/${erased.json.erasure_id}?application_id=${tenant.application_id}`;
  expect((await world.call("GET", path, tenant.service_token)).json).toMatchObject({
    state: "completed",
    events_erased: 11_501,
    attempts_erased: 25_500,
  });
  expect(await countOf(world, tenant)).toEqual({ events: 0, attempts: 0 });
});

test("forgetting the labels erases nothing", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  await addPast(world, tenant, { events: 2, ageDays: 1 });
  const { application_id } = tenant;
  for (const body of [
    { application_id },
    { application_id, labels: {} },
    { application_id, all_events: false },
    { application_id, labels: { a: "b" }, all_events: true },
  ]) {
    expect((await world.call("POST", "/erasures", tenant.service_token, body)).status).toBe(422);
  }
  expect(await countOf(world, tenant)).toEqual({ events: 2, attempts: 2 });
});
