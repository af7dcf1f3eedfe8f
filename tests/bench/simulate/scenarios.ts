import { limits, production, type Setup } from "./parameters.ts";

export interface Scenario {
  readonly name: string;
  /** How many of it there are, each with its own stack and its part of the traffic. */
  readonly cells: number;
  readonly setup: Setup;
}

const HOUR = 3_600;
const peak = { startHour: 14.5, hours: 1 };
const outage = { startHour: 13, hours: 2, drainHours: 2, outage: { from: HOUR / 2, to: 1.5 * HOUR } };
/** What is asked of AWS and set in `stacks/aws/stages.ts` first. */
const raised = { deliveryConcurrencyMax: 1_000, apiConcurrencyMax: 2_000 };
const CELLS = 16;

/** What a day needs, and what becomes of it. */
export const calm: readonly Scenario[] = [
  one("1 M, as deployed, the whole day", {
    ...production,
    deliveriesPerDay: 1e6,
    startHour: 0,
    hours: 24,
  }),
  one("100 M, as deployed", { ...production, ...peak, deliveriesPerDay: 1e8, scale: 2 }),
  one("100 M, concurrency raised", { ...production, ...peak, ...raised, deliveriesPerDay: 1e8, scale: 2 }),
  one("100 M, concurrency raised, 10 events a request", {
    ...production,
    ...peak,
    ...raised,
    deliveriesPerDay: 1e8,
    eventsPerRequest: 10,
    scale: 2,
  }),
  one("1 B, concurrency raised", {
    ...production,
    ...raised,
    ...peak,
    hours: 0.5,
    deliveriesPerDay: 1e9,
    scale: limits.postgresProcessors,
  }),
  one("1 B, and a Postgres of 64 processors, 5,000 API and 4,000 delivery instances", {
    ...production,
    ...peak,
    hours: 0.5,
    deliveriesPerDay: 1e9,
    postgresProcessors: 64,
    apiConcurrencyMax: 5_000,
    deliveryConcurrencyMax: 4_000,
    scale: 16,
  }),
  {
    name: `1 B in ${CELLS} cells, concurrency raised`,
    cells: CELLS,
    setup: { ...production, ...peak, ...raised, deliveriesPerDay: 1e9 / CELLS, scale: 2 },
  },
];

/** The largest customer's endpoint, a fifth of all, does not answer for an hour. */
export const outages: readonly Scenario[] = [
  one("1 M, as deployed", { ...production, ...outage, deliveriesPerDay: 1e6 }),
  one("100 M, concurrency raised", { ...production, ...outage, ...raised, deliveriesPerDay: 1e8, scale: 8 }),
  one("100 M, if what is paused waited in the queue", {
    ...production,
    ...outage,
    ...raised,
    deliveriesPerDay: 1e8,
    pausedInQueueMax: 900,
    scale: 8,
  }),
  {
    name: `1 B in ${CELLS} cells, the largest customer of each`,
    cells: CELLS,
    setup: { ...production, ...outage, ...raised, deliveriesPerDay: 1e9 / CELLS, scale: 8 },
  },
];

/** The same at several scales: what scaling down does to the figures. */
export const scales: readonly Scenario[] = [2, 4, 8, 16].map((scale) =>
  one(`1 : ${scale}`, {
    ...production,
    ...raised,
    startHour: 14,
    hours: 0.5,
    deliveriesPerDay: 1e8,
    scale,
  }),
);

function one(name: string, setup: Setup): Scenario {
  return { name, cells: 1, setup };
}
