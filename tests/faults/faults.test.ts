import { expect, test } from "vitest";
import { makePlan } from "./plan.ts";
import { report } from "./report.ts";
import { runFaults } from "./run.ts";

test("whatever is killed, cut, purged or repeated, every accepted event ends delivered or dead, with every request on record", async () => {
  const plan = makePlan(20_261_123, 20_000, 900);
  const result = await runFaults(plan, { eventsPerSecond: 40, drainMs: 100_000, log: () => {} });
  console.log(`\n${report(plan, result)}\n`);
  expect(result.account.breaches).toEqual([]);
  expect(result.account.accepted).toBeGreaterThan(500);
  expect(result.account.delivered).toBeGreaterThan(500);
});
