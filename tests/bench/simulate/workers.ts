import type { Random } from "../../faults/random.ts";
import { admit, record, type Batch } from "./batch.ts";
import type { Delivery } from "./delivery.ts";
import { exponential } from "./distribution.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Instances } from "./instances.ts";
import type { Ledger } from "./ledger.ts";
import { assumed, measured, type Setup } from "./parameters.ts";
import type { Queue } from "./queue.ts";
import type { Simulation } from "./simulation.ts";
import type { Station } from "./station.ts";

/** As `stacks/aws/functions.ts` and `functions/core/delivery/deliver.ts` have them. */
const BATCH_LENGTH = 10;
const RECORD_EVERY_SECONDS = 0.25;

interface Parts {
  readonly simulation: Simulation;
  readonly setup: Setup;
  readonly random: Random;
  readonly postgres: Station;
  readonly queue: Queue;
  readonly ledger: Ledger;
  readonly instances: Instances;
  /** What transactions that admit deliveries to a paused endpoint wait for. */
  readonly lockOf: (endpoint: Endpoint) => Station;
  readonly onAnswer: (delivery: Delivery, isOk: boolean) => void;
  readonly onEnd: (delivery: Delivery, isDelivered: boolean) => void;
}

/** The delivery function under its event source. */
export function startWorkers(parts: Parts): void {
  const { simulation, setup, random, postgres, queue, ledger, instances, lockOf } = parts;
  let isPolling = false;
  let isResting = false;

  const poll = () => {
    if (isPolling || queue.visible === 0) return;
    isPolling = true;
    // Pollers are added while there is a backlog: a whole batch never waits for one.
    const wait = queue.visible >= BATCH_LENGTH ? 0 : assumed.receiveEvery * setup.scale;
    simulation.after(wait, () => {
      isPolling = false;
      const deliveries = instances.isFree() ? queue.receive(BATCH_LENGTH) : [];
      if (deliveries.length > 0) {
        instances.acquire((startSeconds) => simulation.after(startSeconds, () => claim(deliveries)));
        poll();
      } else if (instances.busy.value < instances.busy.capacity) rest();
    });
  };
  queue.onVisible(poll);

  /** Until more instances may be had, or messages when others have been deleted. */
  const rest = () => {
    if (isResting) return;
    isResting = true;
    simulation.after(0.1, () => {
      isResting = false;
      poll();
    });
  };

  const claim = (deliveries: readonly Delivery[]) => {
    const batch: Batch = { deliveries, postponed: [], parked: [], ended: [] };
    const { statement, row } = measured.claim;
    postgres.serve(exponential(random, statement + row * deliveries.length), () =>
      simulation.after(assumed.databaseRoundTrip, () => admitPaused(batch)),
    );
  };

  /** Deliveries to a paused endpoint are judged under its subscription's lock, one endpoint after the other. */
  const admitPaused = (batch: Batch) => {
    const sent = batch.deliveries.filter(({ endpoint }) => !endpoint.health?.pausedUntil);
    const paused = batch.deliveries.filter(({ endpoint }) => endpoint.health?.pausedUntil);
    const groups = [...Map.groupBy(paused, ({ endpoint }) => endpoint)];
    const work = assumed.admissionRoundTrips * assumed.admissionStatement;
    const next = (): void => {
      const [endpoint, wanting] = groups.shift() ?? [];
      if (!endpoint || !wanting) return send(batch, sent);
      postgres.serve(work, () => {});
      lockOf(endpoint).serve(work + assumed.admissionRoundTrips * assumed.databaseRoundTrip, () => {
        sent.push(...admit(batch, endpoint, wanting, simulation.now(), setup.pausedInQueueMax));
        next();
      });
    };
    next();
  };

  const send = (batch: Batch, attempts: readonly Delivery[]) => {
    if (attempts.length === 0) return end(batch);
    const answers = attempts.map((delivery) => ({ delivery, ...delivery.endpoint.answer(simulation.now()) }));
    // What has come when the next 250 ms are over is recorded together.
    const groups = Map.groupBy(answers, ({ seconds }) => Math.ceil(seconds / RECORD_EVERY_SECONDS));
    let left = groups.size;
    for (const group of groups.values()) {
      const last = Math.max(...group.map(({ seconds }) => seconds));
      simulation.after(measured.attemptCompute * attempts.length + last, () => {
        for (const { delivery, isOk } of group) parts.onAnswer(delivery, isOk);
        const { statement, row } = measured.record;
        postgres.serve(exponential(random, statement + row * group.length), () => {
          record(batch, group, simulation.now(), random);
          left--;
          if (left === 0) simulation.after(assumed.databaseRoundTrip, () => end(batch));
        });
      });
    }
  };

  const end = ({ postponed, parked, ended }: Batch) => {
    for (const delivery of parked) ledger.add(delivery);
    for (const { delivery, isDelivered } of ended) parts.onEnd(delivery, isDelivered);
    for (const delivery of postponed)
      queue.postpone(delivery, Math.max(0, delivery.dueAt - simulation.now()));
    instances.release();
    queue.delete(parked.length + ended.length);
    poll();
  };
}
