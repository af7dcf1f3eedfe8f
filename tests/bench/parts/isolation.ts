import { isolation, ISOLATION_LOAD } from "../isolation.ts";
import { ms, type Measure } from "../report.ts";
import type { Part } from "./part.ts";

/** What the others notice of one application that sends a hundred times as much, and of endpoints that never answer. */
export const isolationPart: Part = async (world) => {
  const { alone, noise, noiseAndBlackHole } = await isolation(world);
  const row = (what: string, reached: number, baseline: number): Measure => ({
    what: `h. isolation, p99: ${what}`,
    reached: ms(reached),
    baseline: `alone ${ms(baseline)}`,
    ratio: reached / baseline,
  });
  const ratio = noiseAndBlackHole.delivered / alone.delivered;
  return [
    {
      ...row(`accept to receiver, ${ISOLATION_LOAD}`, noiseAndBlackHole.delivered, alone.delivered),
      bar: "< 1.2 x slower",
      isMet: ratio < 1.2,
    },
    row("the same without black holes", noise.delivered, alone.delivered),
    row("answer to the client, with black holes", noiseAndBlackHole.accepted, alone.accepted),
    row("answer to the client, without", noise.accepted, alone.accepted),
  ];
};
