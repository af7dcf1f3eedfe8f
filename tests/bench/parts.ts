import { setTimeout as sleep } from "node:timers/promises";
import { bareRequests, noOpPosts, rawStatements } from "./baselines.ts";
import type { BenchWorld } from "./bench-world.ts";
import { fill, measureGrown } from "./growth.ts";
import { isolation, ISOLATION_LOAD } from "./isolation.ts";
import { medianOf, percentile } from "./load.ts";
import { cpuMs, memoryOf, processTree } from "./processes.ts";
import { ms, perSecond, type Measure } from "./report.ts";
import * as Scenario from "./scenarios.ts";

type Part = (world: BenchWorld, rowsMax: number) => Promise<Measure[]>;

const PROCESSES = ["main", "queue", "api", "workers", "postgres"];
const IDLE_SECONDS = 12;
const RUN_SECONDS = 3;
const SUSTAINED_SECONDS = 20;
const DRAINED = 20_000;
const RETRIES = 5_000;
const ROWS_MIN = 10_000;

/** What the stack takes when nothing happens, Postgres included. */
export const idlePart: Part = async () => {
  // Postgres runs under the bench itself.
  const own = processTree(process.pid).filter(({ name }) => PROCESSES.includes(name));
  await sleep(3_000);
  const before = own.map(({ pid }) => cpuMs(pid));
  await sleep(IDLE_SECONDS * 1_000);
  const usedMs = own.map(({ pid }, index) => Math.max(0, cpuMs(pid) - (before[index] ?? 0)));
  const percent = usedMs.reduce((sum, used) => sum + used, 0) / (IDLE_SECONDS * 10);
  const memory = own.map(({ pid, name }) => ({ name, ...memoryOf(pid) }));
  const residentMb = memory.reduce((sum, part) => sum + part.residentMb, 0);
  const sharedOnceMb = memory.reduce((sum, part) => sum + part.sharedOnceMb, 0);
  const nodes = memory
    .filter(({ name }) => name !== "postgres")
    .map(({ name, residentMb }) => `${name} ${Math.round(residentMb)}`);
  return [
    {
      what: "k. idle: memory of all processes (resident)",
      reached: `${Math.round(residentMb)} MB`,
      baseline: `shared pages once: ${Math.round(sharedOnceMb)} MB; ${nodes.join(", ")}`,
      bar: "<= 600 MB",
      isMet: residentMb <= 600,
    },
    {
      what: "k. idle: processor",
      reached: `${percent.toFixed(1)} % of a core`,
      bar: "< 3 %",
      isMet: percent < 3,
    },
  ];
};

export const ingestPart: Part = async (world) => {
  const application = await world.createApplication(3, 100);
  world.pauseDelivery();
  await noOpPosts(world, application.body, 1);
  const noOp = await medianOf(3, () => noOpPosts(world, application.body, RUN_SECONDS));
  await Scenario.ingest(world, application, 1);
  const ingest = await Scenario.ingest(world, application, RUN_SECONDS);
  const rawOne = await rawStatements(world, application, {
    perStatement: 1,
    connections: 8,
    seconds: RUN_SECONDS,
  });
  const rawMany = await rawStatements(world, application, {
    perStatement: 32,
    connections: 2,
    seconds: RUN_SECONDS,
  });
  const batches = await Scenario.ingestBatches(world, application, RUN_SECONDS);
  return [
    {
      what: "a. ingest at saturation, 3 of 100 subscriptions match",
      reached: perSecond(ingest),
      baseline: `no-op POST ${perSecond(noOp)}`,
      ratio: ingest / noOp,
      bar: ">= 0.4",
      isMet: ingest / noOp >= 0.4,
    },
    {
      what: "a. the same, to its statement with one event, 8 connections",
      reached: perSecond(ingest),
      baseline: `raw statement ${perSecond(rawOne)}`,
      ratio: ingest / rawOne,
    },
    {
      what: "a. the same, to its statement with 32 events, 2 connections",
      reached: perSecond(ingest),
      baseline: `raw statement ${perSecond(rawMany)}`,
      ratio: ingest / rawMany,
    },
    {
      what: "batch ingest, 100 events a request",
      reached: perSecond(batches),
      baseline: `no-op POST ${perSecond(noOp)}`,
      ratio: batches / noOp,
      bar: ">= 1.2",
      isMet: batches / noOp >= 1.2,
    },
  ];
};

export const deliveryPart: Part = async (world) => {
  const one = await world.createApplication(1, 100);
  const three = await world.createApplication(3);
  await Scenario.latencies(world, one, 200, 2);

  const measures: Measure[] = [];
  for (const rate of [50, 200, 500]) {
    const { accepted } = await Scenario.latencies(world, one, rate, 5);
    const p99 = percentile(accepted, 0.99);
    measures.push({
      what: `b. ingest latency at ${rate} a second, delivering: p50, p99`,
      reached: `${ms(percentile(accepted, 0.5))}, ${ms(p99)}`,
      ...(rate === 200 && { bar: "p99 <= 25 ms", isMet: p99 <= 25 }),
    });
  }
  const { delivered } = await Scenario.latencies(world, one, 100, 8);
  const [p50 = 0, p95 = 0, p99 = 0] = [0.5, 0.95, 0.99].map((part) => percentile(delivered, part));
  measures.push({
    what: "c. accept to receiver at 100 a second: p50, p95, p99",
    reached: [p50, p95, p99].map(ms).join(", "),
    bar: "p50 <= 30 ms, p99 <= 150 ms",
    isMet: p50 <= 30 && p99 <= 150,
  });

  const bare = await bareRequests(world, one.body, RUN_SECONDS);
  const sustained = await Scenario.sustained(world, one, 1, SUSTAINED_SECONDS);
  const sustainedThree = await Scenario.sustained(world, three, 3, SUSTAINED_SECONDS / 2);
  const drained = await Scenario.drain(world, one, DRAINED);
  const rates = [
    [`d. accepted and delivered for ${SUSTAINED_SECONDS} s, 1 delivery an event`, sustained, 1_000],
    ["d. the same, 3 deliveries an event", sustainedThree, null],
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
    const { acceptedMs, deliveredMs } = await Scenario.fanOut(world, application, subscriptions);
    measures.push({
      what: `f. one event to ${subscriptions}: accepted, all delivered`,
      reached: `${ms(acceptedMs)}, ${ms(deliveredMs)}`,
      ...(subscriptions === 1_000 && { bar: "accepted in < 50 ms", isMet: acceptedMs < 50 }),
    });
  }
  const lastMs = await Scenario.retriesDueAtOnce(world, one, RETRIES);
  measures.push({
    what: `g. ${RETRIES.toLocaleString("en")} retries due at the same second: until the last was made`,
    reached: ms(lastMs),
  });
  return measures;
};

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

/** How the same measures change when more is stored. */
export const growthPart: Part = async (world, rowsMax) => {
  const application = await world.createApplication(1, 100);
  await fill(world, application.application_id, ROWS_MIN);
  // Once for nothing: caches, connections and compiled code are to be warm in both.
  await Scenario.latencies(world, application, 100, 2);
  const small = await measureGrown(world, application);
  await fill(world, application.application_id, rowsMax);
  await Scenario.latencies(world, application, 100, 2);
  const large = await measureGrown(world, application);
  const rows = `${(rowsMax / 1e6).toLocaleString("en")} M rows`;
  const slower = [
    ["ingest at saturation", small.ingestPerSecond, large.ingestPerSecond, perSecond, -1],
    ["accept to receiver, p50", small.deliveredMsMedian, large.deliveredMsMedian, ms, 1],
    ["claim of 100", small.claimMs, large.claimMs, ms, 1],
    ["attempts list", small.listMs, large.listMs, ms, 1],
  ] as const;
  return slower.map(([what, before, after, format, direction]) => {
    const ratio = (after / before) ** direction;
    return {
      what: `i. ${what} with ${rows}`,
      reached: format(after),
      baseline: `with 10 thousand: ${format(before)}`,
      ratio,
      bar: "<= 1.2 x slower",
      // Faster with more rows is not growth but noise, which proves nothing.
      ...(ratio > 0.8 && { isMet: ratio <= 1.2 }),
    };
  });
};
