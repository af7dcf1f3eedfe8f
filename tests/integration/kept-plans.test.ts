import { sql } from "kysely";
import { expect, test } from "vitest";
import { claim } from "#core/delivery/claim.ts";
import type { DeliveryName } from "#core/delivery/lease.ts";
import { record } from "#core/delivery/record.ts";
import { schedule } from "#core/delivery/schedule.ts";
import { ingest } from "#core/ingest.ts";
import { createUnseenTenant, expectLean, LEFT_OUT_MAX, openExplained } from "../helpers/explained.ts";
import { createWorld, eventPost } from "../helpers/world.ts";

/** Postgres makes plans anew for five calls and may keep one from the sixth on. */
const CALLS = 8;
const GROWTH = 200;
const BATCH_LENGTH = 100;

test.for([
  { seen: "none yet", analyzed: false },
  { seen: "tiny tables", analyzed: true },
])(
  "plans kept since Postgres' statistics had seen $seen serve tables that have grown",
  async ({ analyzed }) => {
    await using world = await createWorld();
    const tenant = await createUnseenTenant(world);

    await using explained = openExplained(world);
    const ctx = { ...world.ctx, db: explained.db };
    const credential = { kind: "application_secret", secret: tenant.application_secret } as const;
    const event = { ...eventPost(tenant), event_id: null, metadata: {}, occurred_at: ctx.now() };
    const accept = async (count: number): Promise<DeliveryName[]> => {
      const items = Array.from({ length: count }, () => ({ event, ip: "192.0.2.7", credential }));
      return (await ingest(ctx, items)).flatMap(({ deliveries }) => deliveries);
    };
    const answer = { errorName: "E_HTTP", status: 500, headers: {}, body: null, elapsedMs: 1 } as const;
    const next = () => ({ dueAt: new Date(ctx.now().getTime() + 3_600_000), keptInQueue: false });
    /** All that is asked for these deliveries, with what each asked. */
    const deliver = async (names: readonly DeliveryName[]) => {
      const leaseToken = crypto.randomUUID();
      const { attempts } = await claim(
        ctx,
        leaseToken,
        names.map((name) => ({ ...name, mayWait: true })),
      );
      expect(attempts).toHaveLength(names.length);
      const claimed = explained.plans.splice(0);
      const outcomes = attempts.map(({ request_attempt_id }) => ({
        request_attempt_id,
        answer,
        next: next(),
      }));
      expect((await record(ctx, leaseToken, outcomes)).size).toBe(names.length);
      return { claim: claimed, record: explained.plans.splice(0) };
    };
    const queue = { send: async () => {} };
    const run = () => schedule({ ...ctx, queue }, { horizonSeconds: 60, stopAt: new Date(8.64e15) });

    const expectLeanTen = async () => {
      const ten = await accept(10);
      expectLean("ingest", explained.plans.splice(0));
      const plans = await deliver(ten);
      expectLean("claim", plans.claim);
      expectLean("record", plans.record);
      // By their key: any other index goes through more the more there are, in pages that are too few to be told apart here.
      expect(plans.claim.join("\n")).toContain("using event_pkey on event");
      expect([...plans.claim, ...plans.record].join("\n")).not.toMatch(
        /using (event_received|request_attempt_(application|event|subscription))/,
      );
    };

    for (let call = 0; call < CALLS; call++) {
      await deliver(await accept(3));
      await run();
      if (call === 0 && analyzed) await sql`vacuum analyze`.execute(world.ctx.db);
    }
    const grown: DeliveryName[][] = [];
    for (let batch = 0; batch < GROWTH; batch++) grown.push(await accept(BATCH_LENGTH));
    explained.plans.length = 0;

    await expectLeanTen();
    for (const names of grown) await deliver(names);
    explained.plans.length = 0;
    await run();
    // It passes what has ended since Postgres last cleaned up, once.
    const pages = (GROWTH * BATCH_LENGTH) / 10;
    expectLean("schedule", explained.plans.splice(0), { leftOut: LEFT_OUT_MAX, pages });
    // Now that there is much that has ended, too.
    await expectLeanTen();
  },
);
