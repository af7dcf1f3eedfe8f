import { expect, test } from "vitest";
import { claim } from "#core/delivery/claim.ts";
import { record } from "#core/delivery/record.ts";
import { ingest } from "#core/ingest.ts";
import { createUnseenTenant, openExplained } from "../helpers/explained.ts";
import { createWorld, eventPost } from "../helpers/world.ts";

/** Until all indexes have several pages, and the planner expects more than one row of a subscription: each 200th. */
const EVENTS = 600;
const STEP = 15;

/** Of the two large tables. */
const indexesIn = (plans: readonly string[]) => {
  const named = plans.join("\n").matchAll(/(?:using|Bitmap Index Scan on) ((?:event|request_attempt)_\w+)/g);
  return [...new Set([...named].map(([, name]) => name))].toSorted();
};

test.for([
  { fate: "retried in an hour", retriesAfterMs: 3_600_000 },
  { fate: "ended", retriesAfterMs: null },
])(
  "plans made at any size of a young ledger find rows by their own index; its attempts are $fate",
  async ({ retriesAfterMs }) => {
    await using world = await createWorld();
    const tenant = await createUnseenTenant(world);

    const credential = { kind: "application_secret", secret: tenant.application_secret } as const;
    const event = { ...eventPost(tenant), event_id: null, metadata: {}, occurred_at: world.ctx.now() };
    const items = Array.from({ length: STEP }, () => ({ event, ip: "192.0.2.7", credential }));
    const answer = { errorName: "E_HTTP", status: 500, headers: {}, body: null, elapsedMs: 1 } as const;
    const next = retriesAfterMs && {
      dueAt: new Date(world.ctx.now().getTime() + retriesAfterMs),
      keptInQueue: false,
    };

    for (let size = 0; size < EVENTS; size += STEP) {
      const ingested = await ingest(world.ctx, items);
      // A connection plans when it first asks.
      await using explained = openExplained(world);
      const ctx = { ...world.ctx, db: explained.db };
      const leaseToken = crypto.randomUUID();
      const messages = ingested.flatMap(({ deliveries }) =>
        deliveries.map((name) => ({ ...name, mayWait: true })),
      );
      const { attempts } = await claim(ctx, leaseToken, messages);
      expect(attempts).toHaveLength(STEP);
      const ofClaim = ["event_pkey", "event_trace_pkey", "request_attempt_open", "request_attempt_pkey"];
      expect(indexesIn(explained.plans.splice(0)), `claim, ${size} events`).toEqual(ofClaim);

      const outcomes = attempts.map(({ request_attempt_id }) => ({
        request_attempt_id,
        answer,
        next: next || null,
      }));
      expect((await record(ctx, leaseToken, outcomes)).size).toBe(STEP);
      expect(indexesIn(explained.plans), `record, ${size} events`).toEqual(["request_attempt_pkey"]);
    }
  },
);
