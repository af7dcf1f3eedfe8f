import { measureStart, openBench } from "../cost/measure.ts";
import { ms, type Measure } from "../report.ts";
import type { Part } from "./part.ts";

/** How long each function's bundle takes to load, beside a process that loads nothing. */
export const coldStartPart: Part = async () => {
  await using bench = await openBench();
  const nothing = await measureStart(() => bench.startEmpty());
  const measures: Measure[] = [];
  for (const name of ["api", "delivery", "scheduler", "migrate"] as const) {
    const startMs = await measureStart(() => bench.start(name));
    measures.push({
      what: `l. cold start of the ${name} bundle`,
      reached: ms(startMs),
      baseline: `an empty function ${ms(nothing)}`,
      ratio: startMs / nothing,
    });
  }
  return measures;
};
