import { seededRandom } from "../../faults/random.ts";
import { startArrivals } from "./arrivals.ts";
import type { Delivery } from "./delivery.ts";
import { createHistogram, exponential, type Histogram } from "./distribution.ts";
import { behaviours, createEndpoint, type Endpoint } from "./endpoint.ts";
import type { Gauge } from "./gauge.ts";
import { createInstances } from "./instances.ts";
import { createLedger } from "./ledger.ts";
import { assumed, limits, measured, type Setup } from "./parameters.ts";
import { createQueue } from "./queue.ts";
import { createSimulation } from "./simulation.ts";
import { createStation, type Station } from "./station.ts";
import { startWorkers } from "./workers.ts";

/** What is accepted earlier than this is not looked at: instances and caches are cold. */
const WARM_UP_SECONDS = 120;

export interface Result {
  readonly setup: Setup;
  /** Deliveries; `refused` are events that the API had no instance for, which a client sends again. */
  readonly accepted: number;
  readonly refused: number;
  readonly delivered: number;
  readonly dead: number;
  /** In queue and ledger at the end. */
  readonly waiting: number;
  readonly attempts: number;
  readonly failedAttempts: number;
  readonly apiRequests: number;
  readonly batches: number;
  readonly deliveredPerMinute: readonly number[];
  /** In the order in which a delivery meets them. */
  readonly gauges: readonly Gauge[];
  /** Seconds from accepted to answered well, of the others' endpoints that are well, by when they were accepted. */
  readonly others: { readonly calm: Histogram; readonly outage: Histogram; readonly after: Histogram };
  /** Seconds from the end of the outage until what the largest customer was owed then had been delivered. */
  readonly recovery: Histogram;
  readonly owedAtOutageEnd: number;
}

/** Runs the model to its end. The same setup gives the same result. */
export function simulate(setup: Setup): Result {
  const { scale, outage } = setup;
  const random = seededRandom(setup.seed);
  const simulation = createSimulation();
  const endpoints = createEndpoints(setup, random);

  const postgres = createStation(simulation, "Postgres' processors", setup.postgresProcessors / scale);
  const api = createInstances(simulation, {
    name: "API instances",
    concurrencyMax: Math.floor(setup.apiConcurrencyMax / scale),
    perTenSeconds: limits.instancesPerTenSeconds / scale,
    coldStart: measured.apiColdStart,
    idle: assumed.instanceIdle,
  });
  const deliveries = createInstances(simulation, {
    name: "delivery instances",
    concurrencyMax: Math.floor(setup.deliveryConcurrencyMax / scale),
    perTenSeconds: limits.batchesAddedPerMinute / 6 / scale,
    coldStart: measured.deliveryColdStart,
    idle: assumed.instanceIdle,
  });
  const queue = createQueue(simulation, {
    inFlightMax: limits.inFlight / scale,
    receiveSeconds: assumed.sqsReceive,
  });
  const ledger = createLedger({ simulation, random, postgres, queue, scale });
  const locks = new Map<Endpoint, Station>();
  const lockOf = (endpoint: Endpoint) => {
    const lock = locks.get(endpoint) ?? createStation(simulation, "the paused subscription's lock", 1);
    locks.set(endpoint, lock);
    return lock;
  };
  const gauges = [
    api.busy,
    postgres.busy,
    queue.inFlight,
    deliveries.busy,
    ledger.scheduler,
    lockOf(endpoints.largest).busy,
  ];

  let [accepted, refused, delivered, dead, attempts, failedAttempts, owedAtOutageEnd] = [0, 0, 0, 0, 0, 0, 0];
  const owedToLargest = { count: 0 };
  const deliveredPerMinute: number[] = [];
  const others = { calm: createHistogram(), outage: createHistogram(), after: createHistogram() };
  const recovery = createHistogram();
  const phaseOf = (at: number) =>
    !outage || at < outage.from ? others.calm : at < outage.to ? others.outage : others.after;

  const accept = () => {
    const endpoint = endpoints.choose();
    const now = simulation.now();
    accepted++;
    if (endpoint.isLargest) owedToLargest.count++;
    queue.send({ endpoint, acceptedAt: now, retryCount: 0, dueAt: now });
  };
  startArrivals(simulation, setup, random, () => {
    const events = setup.eventsPerRequest;
    if (!api.isFree()) {
      refused += events;
      return;
    }
    api.acquire((startSeconds) => {
      const compute = measured.apiCompute + measured.apiEventCompute * (events - 1);
      simulation.after(startSeconds + compute, () => {
        const work = measured.ingest.statement + measured.ingest.row * events;
        postgres.serve(exponential(random, work), () =>
          simulation.after(assumed.databaseRoundTrip + assumed.sqsSend, () => {
            api.release();
            for (let event = 0; event < events; event++) accept();
          }),
        );
      });
    });
  });
  startWorkers({
    simulation,
    setup,
    random,
    postgres,
    queue,
    ledger,
    instances: deliveries,
    lockOf,
    onAnswer({ endpoint, acceptedAt }: Delivery, isOk) {
      attempts++;
      if (!isOk) failedAttempts++;
      else if (endpoints.isWell(endpoint) && acceptedAt >= WARM_UP_SECONDS)
        phaseOf(acceptedAt).add(simulation.now() - acceptedAt);
    },
    onEnd({ endpoint, acceptedAt }, isDelivered) {
      if (isDelivered) delivered++;
      else dead++;
      if (!endpoint.isLargest) return;
      owedToLargest.count--;
      if (isDelivered && outage && acceptedAt < outage.to && simulation.now() > outage.to)
        recovery.add(simulation.now() - outage.to);
    },
  });

  let deliveredBefore = 0;
  const tick = () =>
    simulation.after(60, () => {
      for (const gauge of gauges) gauge.tick();
      deliveredPerMinute.push(delivered - deliveredBefore);
      deliveredBefore = delivered;
      tick();
    });
  tick();
  if (outage) simulation.after(outage.to, () => (owedAtOutageEnd = owedToLargest.count));
  simulation.runUntil((setup.hours + setup.drainHours) * 3_600);

  const waiting = accepted - delivered - dead;
  const held = queue.delayed + queue.visible + queue.inFlight.value + ledger.waiting;
  // Nothing is made up and nothing lost: what was accepted and has not ended is somewhere.
  if (waiting !== held) throw new Error(`${waiting} deliveries have not ended, ${held} are to be found`);
  return {
    setup,
    accepted,
    refused,
    delivered,
    dead,
    waiting,
    attempts,
    failedAttempts,
    apiRequests: api.runs,
    batches: deliveries.runs,
    deliveredPerMinute,
    gauges,
    others,
    recovery,
    owedAtOutageEnd,
  };
}

function createEndpoints({ outage }: Setup, random: () => number) {
  const { usual, slow, blackHole } = behaviours(random);
  const largest = createEndpoint(
    (now) => (outage && now >= outage.from && now < outage.to ? blackHole(now) : usual(now)),
    true,
  );
  const blackHoles = assumed.endpoints * assumed.blackHoleShare;
  const slowOnes = blackHoles + assumed.endpoints * assumed.slowShare;
  const all = Array.from({ length: assumed.endpoints }, (_, index) =>
    createEndpoint(index < blackHoles ? blackHole : index < slowOnes ? slow : usual),
  );
  const well = new Set<Endpoint>(all.slice(slowOnes));
  return {
    largest,
    isWell: (endpoint: Endpoint) => well.has(endpoint),
    choose(): Endpoint {
      const other = all[Math.floor(random() * all.length)];
      return random() < assumed.largestShare || !other ? largest : other;
    },
  };
}
