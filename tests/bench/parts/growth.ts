import { createBenchWorld, type BenchApplication, type BenchWorld } from "../bench-world.ts";
import { fill, measureGrown, type Grown } from "../growth.ts";
import { inTurns, median, medianRatio } from "../load.ts";
import { ms, perSecond, type Measure } from "../report.ts";
import type { Part } from "./part.ts";

const ROWS_MIN = 10_000;
const ROWS_BETWEEN = 1_000_000;
const SUBSCRIPTIONS_MIN = 10;
const SUBSCRIPTIONS_MAX = 10_000;
const SLOWER_MAX = 1.2;
const TURNS = { warmUps: 1, rounds: 3 };

interface Side {
  readonly world: BenchWorld;
  readonly application: BenchApplication;
  /** How much of what may grow it has. */
  readonly has: string;
}

/** How the same measures change with more subscriptions, and with more that is stored. */
export const growthPart: Part = async (world, rowsMax) => {
  const few = await world.createApplication(1, SUBSCRIPTIONS_MIN);
  const many = await world.createApplication(1, SUBSCRIPTIONS_MAX);
  await world.db.query("vacuum analyze");
  const measures = await compare(
    { world, application: few, has: `${SUBSCRIPTIONS_MIN}` },
    { world, application: many, has: `${SUBSCRIPTIONS_MAX.toLocaleString("en")} subscriptions` },
  );

  // A stack of its own for each, so that they can take turns.
  await using small = await createBenchWorld();
  await using large = await createBenchWorld();
  const little = { world: small, application: await small.createApplication(1, 100) };
  const much = { world: large, application: await large.createApplication(1, 100) };
  await fill(small, little.application.application_id, ROWS_MIN);
  for (const rows of new Set([Math.min(ROWS_BETWEEN, rowsMax), rowsMax])) {
    await fill(large, much.application.application_id, rows);
    const found = await compare(
      { ...little, has: ROWS_MIN.toLocaleString("en") },
      { ...much, has: `${(rows / 1e6).toLocaleString("en")} M rows` },
    );
    measures.push(...found);
  }
  return measures;
};

async function compare(less: Side, more: Side): Promise<Measure[]> {
  const made = await inTurns(TURNS, {
    less: () => measureGrown(less.world, less.application),
    more: () => measureGrown(more.world, more.application),
  });
  const rate = (of: (grown: Grown) => number) => {
    const [before, after] = [made.less.map(of), made.more.map(of)];
    return { before, after, ratio: medianRatio(before, after), format: perSecond };
  };
  const time = (of: (grown: Grown) => number) => {
    const [before, after] = [made.less.map(of), made.more.map(of)];
    return { before, after, ratio: medianRatio(after, before), format: ms };
  };
  const measures = {
    "ingest at saturation": rate((grown) => grown.ingestPerSecond),
    drain: rate((grown) => grown.drainPerSecond),
    "accept to receiver, p50": time((grown) => grown.deliveredMsMedian),
    "claim of 100": time((grown) => grown.claimMs),
    "attempts list": time((grown) => grown.listMs),
  };
  return Object.entries(measures).map(([what, { before, after, ratio, format }]) => ({
    what: `i. ${what} with ${more.has}`,
    reached: format(median(after)),
    baseline: `with ${less.has}: ${format(median(before))}`,
    ratio,
    bar: `<= ${SLOWER_MAX} x slower`,
    isMet: ratio <= SLOWER_MAX,
  }));
}
