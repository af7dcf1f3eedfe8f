import { fill, measureGrown, type Grown } from "../growth.ts";
import { ms, perSecond, type Measure } from "../report.ts";
import * as Scenario from "../scenarios.ts";
import type { Part } from "./part.ts";

const ROWS_MIN = 10_000;
const ROWS_BETWEEN = 1_000_000;
const SUBSCRIPTIONS_MIN = 10;
const SUBSCRIPTIONS_MAX = 10_000;
const SLOWER_MAX = 1.2;

/** How the same measures change with more subscriptions, and with more that is stored. */
export const growthPart: Part = async (world, rowsMax) => {
  const few = await world.createApplication(1, SUBSCRIPTIONS_MIN);
  const many = await world.createApplication(1, SUBSCRIPTIONS_MAX);
  await world.db.query("vacuum analyze");
  // Once for nothing: caches, connections and compiled code are to be warm in all.
  await Scenario.latencies(world, few, 100, 2);
  const withFew = await measureGrown(world, few);
  const withMany = await measureGrown(world, many);
  const measures = compare(
    withFew,
    withMany,
    `${SUBSCRIPTIONS_MAX.toLocaleString("en")} subscriptions`,
    `${SUBSCRIPTIONS_MIN}`,
  );

  const application = await world.createApplication(1, 100);
  await fill(world, application.application_id, ROWS_MIN);
  const small = await measureGrown(world, application);
  for (const rows of new Set([Math.min(ROWS_BETWEEN, rowsMax), rowsMax])) {
    await fill(world, application.application_id, rows);
    const large = await measureGrown(world, application);
    measures.push(
      ...compare(small, large, `${(rows / 1e6).toLocaleString("en")} M rows`, ROWS_MIN.toLocaleString("en")),
    );
  }
  return measures;
};

function compare(small: Grown, large: Grown, withWhat: string, withLess: string): Measure[] {
  const measures = [
    ["ingest at saturation", small.ingestPerSecond, large.ingestPerSecond, perSecond, -1],
    ["drain", small.drainPerSecond, large.drainPerSecond, perSecond, -1],
    ["accept to receiver, p50", small.deliveredMsMedian, large.deliveredMsMedian, ms, 1],
    ["claim of 100", small.claimMs, large.claimMs, ms, 1],
    ["attempts list", small.listMs, large.listMs, ms, 1],
  ] as const;
  return measures.map(([what, before, after, format, direction]) => {
    const ratio = (after / before) ** direction;
    return {
      what: `i. ${what} with ${withWhat}`,
      reached: format(after),
      baseline: `with ${withLess}: ${format(before)}`,
      ratio,
      bar: `<= ${SLOWER_MAX} x slower`,
      isMet: ratio <= SLOWER_MAX,
    };
  });
}
