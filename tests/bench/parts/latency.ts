import { bareLatencies, noOpLatencies } from "../baselines.ts";
import { percentile } from "../load.ts";
import { ms, type Measure } from "../report.ts";
import * as Scenario from "../scenarios.ts";
import type { Part } from "./part.ts";

/** At saturation: at the rates measured here the code of a new process would not be compiled for minutes. */
const WARM_UP_SECONDS = 20;
const INGEST_SECONDS = 30;
const DELIVERY_SECONDS = 24;

/** How long the API takes to answer, and how long after that the receiver has the event, at fixed rates. */
export const latencyPart: Part = async (world) => {
  const application = await world.createApplication(1, 100);
  await Scenario.sustained(world, application, 1, WARM_UP_SECONDS);

  const measures: Measure[] = [];
  for (const rate of [50, 200, 500]) {
    const noOp = await noOpLatencies(world, application.body, rate, INGEST_SECONDS / 6);
    const { accepted } = await Scenario.latencies(world, application, rate, INGEST_SECONDS);
    const p99 = percentile(accepted, 0.99);
    measures.push({
      what: `b. ingest latency at ${rate} a second, delivering: p50, p99`,
      reached: `${ms(percentile(accepted, 0.5))}, ${ms(p99)}`,
      baseline: `no-op POST ${ms(percentile(noOp, 0.5))}, ${ms(percentile(noOp, 0.99))}`,
      ratio: percentile(accepted, 0.5) / percentile(noOp, 0.5),
      ...(rate === 200 && { bar: "p99 <= 25 ms", isMet: p99 <= 25 }),
    });
  }
  const bare = await bareLatencies(world, application.body, 100, DELIVERY_SECONDS / 3);
  const { delivered } = await Scenario.latencies(world, application, 100, DELIVERY_SECONDS);
  const parts = [0.5, 0.95, 0.99];
  const [p50 = 0, p95 = 0, p99 = 0] = parts.map((part) => percentile(delivered, part));
  measures.push({
    what: "c. accept to receiver at 100 a second: p50, p95, p99",
    reached: [p50, p95, p99].map(ms).join(", "),
    baseline: `bare undici ${parts.map((part) => ms(percentile(bare, part))).join(", ")}`,
    ratio: p50 / percentile(bare, 0.5),
    bar: "p50 <= 30 ms, p99 <= 150 ms",
    isMet: p50 <= 30 && p99 <= 150,
  });
  return measures;
};
