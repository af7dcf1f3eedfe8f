import { expect, test } from "vitest";
import { PEAK_FACTOR, rateFactor } from "../bench/simulate/arrivals.ts";
import { createHistogram } from "../bench/simulate/distribution.ts";
import { meanWaitSeconds } from "../bench/simulate/erlang.ts";
import { simulate } from "../bench/simulate/model.ts";
import { production, type Setup } from "../bench/simulate/parameters.ts";
import { simulatedWaitSeconds } from "../bench/simulate/waits.ts";

const small: Setup = { ...production, deliveriesPerDay: 2e6, startHour: 14, hours: 0.1 };

test("Erlang C gives what is in every table", () => {
  // M/M/1: load / (1 - load) services. M/M/2 at half load: a third of a service.
  expect(meanWaitSeconds(0.5, 1, 1)).toBeCloseTo(1, 10);
  expect(meanWaitSeconds(1, 1, 2)).toBeCloseTo(1 / 3, 10);
  expect(meanWaitSeconds(2, 1, 2)).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  { servers: 1, load: 0.5 },
  { servers: 2, load: 0.7 },
  { servers: 8, load: 0.8 },
])("$servers simulated servers at load $load keep waiting whom Erlang C says", ({ servers, load }) => {
  const waits = { servers, serviceSeconds: 1, perSecond: servers * load };
  const exact = meanWaitSeconds(waits.perSecond, waits.serviceSeconds, servers);
  const simulated = simulatedWaitSeconds(waits, 100_000);
  expect(Math.abs(simulated / exact - 1)).toBeLessThan(0.05);
});

test("what was accepted is delivered, dead or waiting at any end of a run", () => {
  // The model itself compares what has not ended with what queue and ledger hold.
  const result = simulate({ ...small, outage: { from: 120, to: 360 } });
  expect(result.accepted).toBeGreaterThan(5_000);
  expect(result.delivered + result.dead + result.waiting).toBe(result.accepted);
});

test("when events stop coming everything ends, but for endpoints that never answer", () => {
  const result = simulate({ ...small, drainHours: 1, outage: { from: 120, to: 360 } });
  const toBlackHoles = 0.8 * 0.01 * result.accepted;
  expect(result.waiting).toBeLessThan(1.5 * toBlackHoles);
  expect(result.delivered).toBeGreaterThan(0.98 * result.accepted);
});

test("the same seed gives the same run, another seed another", () => {
  const run = (seed: number) => {
    const { accepted, delivered, attempts } = simulate({ ...small, seed });
    return { accepted, delivered, attempts };
  };
  expect(run(1)).toEqual(run(1));
  expect(run(2)).not.toEqual(run(1));
});

test("rates and capacities divided alike give the same use of each resource", () => {
  const mean = (scale: number) => {
    const { gauges } = simulate({ ...small, deliveriesPerDay: 8e7, scale, deliveryConcurrencyMax: 1_000 });
    return gauges.slice(0, 2).map(({ minutes, capacity }) => {
      const last = minutes.slice(-3);
      return last.reduce((sum, value) => sum + value, 0) / last.length / capacity;
    });
  };
  const [two, eight] = [mean(2), mean(8)];
  for (const [index, share] of two.entries()) {
    expect(Math.abs((eight[index] ?? 0) / share - 1), String(index)).toBeLessThan(0.1);
  }
});

test("a day's factors have a mean of one and never pass the peak", () => {
  const factors = Array.from({ length: 86_400 }, (_, second) => rateFactor({ startHour: 0 }, second));
  expect(factors.reduce((sum, factor) => sum + factor, 0) / factors.length).toBeCloseTo(1, 2);
  expect(Math.max(...factors)).toBeLessThanOrEqual(PEAK_FACTOR);
});

test("a histogram's percentiles are exact to two percent", () => {
  const histogram = createHistogram();
  for (let value = 1; value <= 10_000; value++) histogram.add(value);
  expect(Math.abs(histogram.percentile(0.99) / 9_900 - 1)).toBeLessThan(0.02);
  expect(createHistogram().percentile(0.5)).toBeNaN();
});
