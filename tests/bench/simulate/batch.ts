import { judge } from "#core/delivery/admission.ts";
import { nextDelaySeconds } from "#core/delivery/backoff.ts";
import type { Random } from "../../faults/random.ts";
import type { Delivery } from "./delivery.ts";
import type { Endpoint } from "./endpoint.ts";

/** As the product has them (`functions/core/delivery`, `functions/config.ts`). */
const QUEUE_WAIT_SECONDS_MAX = 900;
const LEASE_SECONDS = 60;
const TIMEOUT_SECONDS = 15;
const retry = { retriesMax: 24, windowSeconds: 691_200 };

/** What becomes of the messages of one batch. They stay in flight until it ends. */
export interface Batch {
  readonly deliveries: readonly Delivery[];
  /** Given back to the queue, to come again when due. */
  readonly postponed: Delivery[];
  /** Given to the ledger: their messages are spent. */
  readonly parked: Delivery[];
  readonly ended: { delivery: Delivery; isDelivered: boolean }[];
}

export interface Answered {
  readonly delivery: Delivery;
  readonly seconds: number;
  readonly isOk: boolean;
}

const dateOf = (seconds: number) => new Date(seconds * 1_000);

/** Which deliveries to a paused endpoint may start, by the product's rule; the others are put off. */
export function admit(
  batch: Batch,
  endpoint: Endpoint,
  wanting: readonly Delivery[],
  now: number,
  pausedInQueueMax: number,
): readonly Delivery[] {
  const { health } = endpoint;
  const restriction = {
    rate_limit_per_second: null,
    concurrency_limit: null,
    paused_until: health && dateOf(health.pausedUntil),
    pause_reason: health?.pauseReason ?? null,
    in_flight: 0,
  };
  const options = { now: dateOf(now), leaseSeconds: LEASE_SECONDS };
  const { admitted, retryAt, isProbe } = judge(restriction, wanting.length, options);
  if (isProbe) endpoint.probing(retryAt.getTime() / 1_000);
  for (const delivery of wanting.slice(admitted)) {
    delivery.dueAt = retryAt.getTime() / 1_000;
    (delivery.dueAt - now <= pausedInQueueMax ? batch.postponed : batch.parked).push(delivery);
  }
  return wanting.slice(0, admitted);
}

/** Ends what was answered well or for the last time, and puts the rest off by the product's retry schedule. */
export function record(batch: Batch, group: readonly Answered[], now: number, random: Random): void {
  for (const [endpoint, answers] of Map.groupBy(group, ({ delivery }) => delivery.endpoint)) {
    const failures = answers.filter(({ isOk }) => !isOk);
    if (failures.length < answers.length) endpoint.succeeded();
    else
      endpoint.failed(
        now,
        failures.length,
        failures.some(({ seconds }) => seconds >= TIMEOUT_SECONDS),
      );
  }
  for (const { delivery, isOk } of group) {
    const delay = isOk ? null : retryDelay(delivery, now, random);
    if (delay === null) {
      batch.ended.push({ delivery, isDelivered: isOk });
      continue;
    }
    delivery.retryCount++;
    delivery.dueAt = now + delay;
    (delay <= QUEUE_WAIT_SECONDS_MAX ? batch.postponed : batch.parked).push(delivery);
  }
}

function retryDelay({ retryCount, acceptedAt }: Delivery, now: number, random: Random): number | null {
  const failure = {
    retryCount,
    status: 500,
    retryAfter: undefined,
    firstAt: dateOf(acceptedAt),
    policy: null,
  };
  return nextDelaySeconds(failure, { ...retry, now: dateOf(now), random });
}
