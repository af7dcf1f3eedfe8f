import { sql } from "kysely";
import { expect, test } from "vitest";
import { advanceErasures } from "#core/erasure.ts";
import { advanceReplays } from "#core/replay-work.ts";
import * as Replay from "#core/replay.ts";
import { applyRetention } from "#core/retention.ts";
import { openExplained } from "../helpers/explained.ts";
import { createMember, createTenant, createWorld, subscriptionPost, type World } from "../helpers/world.ts";

/** Two applications full of old and young events, and sessions, links and buckets, most of which have not ended. */
async function createCrowd(world: World) {
  const { db, now } = world.ctx;
  const [old, young] = [await createTenant(world), await createTenant(world)];
  for (const { application_id } of [old, young]) {
    await sql`
      with made as (
        insert into event (application_id, event_id, event_type_name, payload, payload_content_type, ip, metadata, labels,
          occurred_at, received_at)
        select ${application_id}, uuidv7(), 'shop.order.paid', '{}', 'application/json', '192.0.2.7', '{}',
          '{"customer": "1"}', ${now()}, ${now()}::timestamptz - n * interval '1 minute'
        from generate_series(1, 20000) n
        returning event_id, received_at
      )
      insert into request_attempt (delivery_id, application_id, event_id, event_type_name, subscription_id, retry_count,
        created_at, due_at, enqueue_at, failed_at, response_elapsed_ms)
      select uuidv7(), ${application_id}, event_id, 'shop.order.paid', uuidv7(), 0, received_at, received_at, received_at,
        received_at, 5
      from made
    `.execute(db);
  }
  const { user_id } = await createMember(world, old.organization_id, "viewer");
  const end = sql`${now()}::timestamptz + (n - 100) * interval '1 day'`;
  await sql`insert into session_token (revocation_id, kind, user_id, session_id, created_at, expires_at)
    select decode(md5(n::text), 'hex'), 'refresh', ${user_id}, uuidv7(), ${now()}, ${end}
    from generate_series(1, 20000) n`.execute(db);
  await sql`insert into account_link (token_hash, user_id, purpose, created_at, expires_at)
    select decode(md5(n::text), 'hex'), ${user_id}, 'verify_email', ${now()}, ${end}
    from generate_series(1, 20000) n`.execute(db);
  await sql`insert into rate_limit (key, full_at) select 'token ' || n, ${end} from generate_series(1, 20000) n`.execute(
    db,
  );
  await sql`analyze`.execute(db);
  return old;
}

test("replays, retention and erasure read the large tables by an index alone", async () => {
  await using world = await createWorld();
  const { application_id, service_token } = await createCrowd(world);
  await world.call(
    "POST",
    "/subscriptions",
    service_token,
    subscriptionPost({ application_id }, "https://a.example/"),
  );
  const filter = { status: "never_attempted" } as const;
  const job = { application_id, filter, attempts_per_second: 100, dry_run: false };
  await Replay.create(world.ctx, job);
  await world.ctx.db
    .insertInto("erasure")
    .values({
      application_id,
      is_all_events: false,
      labels: JSON.stringify({ customer: "1" }),
      max_received_at: world.ctx.now(),
      state: "running",
      advanced_at: world.ctx.now(),
      created_at: world.ctx.now(),
    })
    .execute();
  await world.ctx.db
    .updateTable("application")
    .set({ days_of_events_retention_limit: 10 })
    .where("application_id", "=", application_id)
    .execute();

  await using explained = openExplained(world);
  const ctx = { ...world.ctx, db: explained.db };
  const stopAt = new Date(8.64e15);
  expect(await advanceReplays(ctx, { horizonSeconds: 10, stopAt })).toBe(1_000);
  await applyRetention(ctx, { stopAt });
  await advanceErasures(ctx, { stepsMax: 2, stopAt });

  const plans = explained.plans.join("\n");
  for (const index of [
    "event_received",
    "event_pkey",
    "request_attempt_event",
    "request_attempt_application",
    "session_token_expiry",
    "account_link_expiry",
    "rate_limit_pkey",
  ]) {
    expect(plans, index).toContain(index);
  }
  for (const table of ["event", "request_attempt", "session_token", "account_link", "rate_limit"]) {
    const whole = explained.plans.filter((plan) => new RegExp(`Seq Scan on ${table}\\b`).test(plan));
    expect(whole, table).toEqual([]);
  }
});
