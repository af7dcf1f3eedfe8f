import { PUT_OFF_IN_QUEUE_SECONDS_MAX } from "#core/delivery/admission.ts";

/** One event and one attempt, as `npm run cost` measures them. */
export const costMeasured = {
  event: { cpuMs: 2.78, databaseMs: 0.74 },
  attempt: { cpuMs: 0.59, databaseMs: 0.18 },
} as const;

/** Seconds unless the name says otherwise. One processor of Postgres is taken to be as fast as one of this workplace. */
export const measured = {
  /** Work of Postgres. 0.74 ms for one event (`npm run cost`), 0.06 ms for each in a batch of 100 (`npm run bench`). */
  ingest: { statement: 0.68e-3, row: 0.06e-3 },
  /**
   * 0.18 ms for an attempt in a batch of ten, claimed and recorded (`npm run cost`); 3.7 ms to claim 100 (`npm run bench`,
   * as the client sees it: an upper bound).
   */
  claim: { statement: 0.6e-3, row: 0.03e-3 },
  record: { statement: 0.6e-3, row: 0.03e-3 },
  /** 29 ms for a thousand, taken 500 at a time (`npm run bench`, as the client sees it). */
  schedule: { statement: 0.3e-3, row: 0.028e-3 },
  /** Processor time of a request and of an attempt (`npm run cost`), on the share of a processor that the memory buys. */
  apiCompute: (costMeasured.event.cpuMs * 1e-3 * 1_769) / 1_024,
  /** Each further event of a request (`npm run bench`: the API's processor time in batches of 100). */
  apiEventCompute: (0.03e-3 * 1_769) / 1_024,
  attemptCompute: (costMeasured.attempt.cpuMs * 1e-3 * 1_769) / 512,
  /** `npm run cost`, and Lambda's own part of about 100 ms. */
  apiColdStart: 0.405,
  deliveryColdStart: 0.322,
} as const;

/** As published by AWS in November 2026, or set by `stacks/aws`. */
export const limits = {
  /** Lambda, by default; more on request. */
  accountConcurrency: 1_000,
  /** Lambda: new instances of a function in ten seconds. */
  instancesPerTenSeconds: 1_000,
  /** SQS event source: more batches at once in a minute. */
  batchesAddedPerMinute: 300,
  /** SQS, standard queue: messages received and neither deleted nor visible again. */
  inFlight: 120_000,
  /** Neon scales to 16 CU by itself; more is a fixed size. */
  postgresProcessors: 16,
} as const;

/** What neither was measured nor is published. */
export const assumed = {
  databaseRoundTrip: 1e-3,
  sqsSend: 8e-3,
  /** Until a message that was sent can be received, and between two receives of the event source's pollers. */
  sqsReceive: 10e-3,
  receiveEvery: 2.5e-3,
  /** An idle instance is kept for so long. */
  instanceIdle: 300,
  /** Round trips of a transaction that admits or puts off deliveries to one paused endpoint. */
  admissionRoundTrips: 6,
  admissionStatement: 0.3e-3,
  endpoints: 200,
  /** The largest customer's part of what is sent, to one endpoint. */
  largestShare: 0.2,
  /** Endpoints that take 2 to 6 s, and that never answer, among the others'. */
  slowShare: 0.02,
  blackHoleShare: 0.01,
  /** The others answer after a log-normal time, and with an error now and then. */
  answerMedian: 0.13,
  answerSpread: 0.5,
  errorShare: 0.005,
  /** The day's swing around its mean, and what a burst (20 s in every ten minutes) multiplies. */
  daySwing: 0.8,
  burstFactor: 2.8,
} as const;

/** What one run simulates. */
export interface Setup {
  readonly deliveriesPerDay: number;
  /** Events of one API request; a delivery each. */
  readonly eventsPerRequest: number;
  /** Rates and capacities are divided by it, so that fewer things happen. */
  readonly scale: number;
  /** Hour of the day, 0 to 24, for how long events come, and for how long what is left is looked at. */
  readonly startHour: number;
  readonly hours: number;
  readonly drainHours: number;
  readonly postgresProcessors: number;
  readonly apiConcurrencyMax: number;
  readonly deliveryConcurrencyMax: number;
  /** Longest that a delivery to a paused endpoint waits in the queue instead of in the ledger. */
  readonly pausedInQueueMax: number;
  /** The largest customer's endpoint does not answer between these, in seconds of the run. */
  readonly outage: { readonly from: number; readonly to: number } | null;
  readonly seed: number;
}

/** What `stacks/aws` deploys as production, on the largest Postgres that scales by itself. */
export const production = {
  eventsPerRequest: 1,
  scale: 1,
  drainHours: 0,
  postgresProcessors: limits.postgresProcessors,
  apiConcurrencyMax: 400,
  deliveryConcurrencyMax: 200,
  pausedInQueueMax: PUT_OFF_IN_QUEUE_SECONDS_MAX,
  outage: null,
  seed: 1,
} as const satisfies Partial<Setup>;
