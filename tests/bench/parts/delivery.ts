import { bareBurst, bareRequests } from "../baselines.ts";
import { median, medianOf } from "../load.ts";
import { ms, perSecond, type Measure } from "../report.ts";
import * as Scenario from "../scenarios.ts";
import type { Part } from "./part.ts";

const SUSTAINED_SECONDS = 60;
const BARE_SECONDS = 3;
const DRAINED = 20_000;
const RETRIES = 5_000;
const REPEATS = 3;

/** Deliveries a second: as events come, from a backlog, from one event to many, and all due at once. */
export const deliveryPart: Part = async (world) => {
  const one = await world.createApplication(1, 100);
  const three = await world.createApplication(3);
  await Scenario.latencies(world, one, 200, 3);

  const measures: Measure[] = [];
  const bare = await medianOf(REPEATS, () => bareRequests(world, one.body, BARE_SECONDS));
  const sustained = await Scenario.sustained(world, one, 1, SUSTAINED_SECONDS);
  const sustainedThree = await Scenario.sustained(world, three, 3, SUSTAINED_SECONDS / 2);
  const drained = await medianOf(REPEATS, () => Scenario.drain(world, one, DRAINED));
  const rates = [
    [`d. accepted and delivered for ${SUSTAINED_SECONDS} s, 1 delivery an event`, sustained, 1_000],
    [`d. deliveries for ${SUSTAINED_SECONDS / 2} s, 3 an event`, sustainedThree, null],
    [`e. drain of ${DRAINED.toLocaleString("en")} waiting`, drained, 1_500],
  ] as const;
  for (const [what, reached, bar] of rates) {
    measures.push({
      what,
      reached: perSecond(reached),
      baseline: `bare undici ${perSecond(bare)}`,
      ratio: reached / bare,
      ...(bar !== null && { bar: `>= ${bar.toLocaleString("en")} /s`, isMet: reached >= bar }),
    });
  }
  for (const subscriptions of [50, 1_000]) {
    const application = await world.createApplication(subscriptions);
    const times: { acceptedMs: number; deliveredMs: number }[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++)
      times.push(await Scenario.fanOut(world, application, subscriptions));
    const burst = await medianOf(REPEATS, () => bareBurst(world, one.body, subscriptions));
    const acceptedMs = median(times.map((time) => time.acceptedMs));
    const deliveredMs = median(times.map((time) => time.deliveredMs));
    measures.push({
      what: `f. one event to ${subscriptions}: accepted, all delivered`,
      reached: `${ms(acceptedMs)}, ${ms(deliveredMs)}`,
      baseline: `bare undici, all: ${ms(burst)}`,
      ratio: deliveredMs / burst,
      ...(subscriptions === 1_000 && { bar: "accepted in < 50 ms", isMet: acceptedMs < 50 }),
    });
  }
  const lastMs = await medianOf(REPEATS, () => Scenario.retriesDueAtOnce(world, one, RETRIES));
  const burst = await medianOf(REPEATS, () => bareBurst(world, one.body, RETRIES));
  measures.push({
    what: `g. ${RETRIES.toLocaleString("en")} retries due at the same second: until the last was made`,
    reached: ms(lastMs),
    baseline: `bare undici, all: ${ms(burst)}`,
    ratio: lastMs / burst,
  });
  return measures;
};
