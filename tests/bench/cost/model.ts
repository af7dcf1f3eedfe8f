import { prices } from "./prices.ts";

/** What one event, or one attempt to deliver it, costs in processor time (`measure.ts`). */
export interface Measured {
  /** Processor time of the function per event or attempt. */
  readonly cpuMs: number;
  /** Time that Postgres works on it. */
  readonly databaseMs: number;
}

export interface Scenario {
  readonly subscriptions: number;
  readonly payloadKib: number;
  /** Share of attempts that fail and are tried again. */
  readonly failures: number;
}

/** What measurements on one machine cannot say. */
const assumed = {
  /** Lambda gives a whole processor at 1 769 MB; one of Graviton's is taken to be as fast as one here. */
  memoryMbPerCpu: 1_769,
  apiMemoryMb: 1_024,
  deliveryMemoryMb: 512,
  databaseRoundTripMs: 1,
  sqsSendMs: 8,
  /** Until an endpoint has answered; those of a batch are asked at once. */
  endpointMs: 150,
  /** Messages of a batch, and deliveries that a message names at the most. */
  batchLength: 10,
  messageLength: 10,
  /** Share of the time for which Postgres is paid that it works. */
  databaseUse: 0.5,
  retentionDays: 7,
  /** Of an event and of an attempt, with indexes, besides the payload. */
  rowKib: 0.8,
  responseKib: 0.7,
  requestHeadersKib: 0.8,
  logKib: 0.35,
} as const;

const GB = 1024 * 1024;

/** Dollars per million events, by what they are paid for. */
export function costOfMillion(
  scenario: Scenario,
  event: Measured,
  attempt: Measured,
): Record<string, number> {
  const { subscriptions, payloadKib, failures } = scenario;
  const events = 1_000_000;
  const attempts = (events * subscriptions) / (1 - failures);
  const retries = attempts * failures;
  // One event a request: nothing comes with its deliveries. A retry is a message of its own.
  const messagesOfEvent = Math.ceil(subscriptions / assumed.messageLength);
  const batches = (events * messagesOfEvent + retries) / assumed.batchLength;
  const sends = events * Math.ceil(messagesOfEvent / assumed.batchLength);

  const apiMs =
    (event.cpuMs * assumed.memoryMbPerCpu) / assumed.apiMemoryMb +
    event.databaseMs +
    assumed.databaseRoundTripMs +
    assumed.sqsSendMs;
  const batchMs =
    (attempts / batches) *
      ((attempt.cpuMs * assumed.memoryMbPerCpu) / assumed.deliveryMemoryMb + attempt.databaseMs) +
    2 * assumed.databaseRoundTripMs +
    assumed.endpointMs;
  const databaseHours = (events * event.databaseMs + attempts * attempt.databaseMs) / 3_600_000;
  const storedGb = (events * (payloadKib + assumed.rowKib) + attempts * assumed.rowKib) / GB;

  return {
    cdn:
      events * (prices.cdnRequest + prices.cdnFunction) +
      ((events * (payloadKib + assumed.requestHeadersKib)) / GB) * prices.cdnGbToOrigin +
      ((events * assumed.responseKib) / GB) * prices.cdnGbToClient,
    api: lambda(events, apiMs, assumed.apiMemoryMb),
    delivery: lambda(batches, batchMs, assumed.deliveryMemoryMb),
    // Sent, received, deleted; retries are postponed or sent by a request for each batch that has some.
    sqs: (sends + 2 * batches + Math.min(batches, retries)) * prices.sqsRequest,
    egress: ((attempts * (payloadKib + assumed.requestHeadersKib)) / GB) * prices.egressGb,
    logs: (((events + batches) * assumed.logKib) / GB) * prices.logGb,
    postgres: (databaseHours / assumed.databaseUse) * prices.databaseCuHour,
    storage: storedGb * prices.databaseGbMonth * (assumed.retentionDays / 30),
  };
}

function lambda(invocations: number, ms: number, memoryMb: number): number {
  return invocations * (prices.lambdaRequest + (ms / 1_000) * (memoryMb / 1_024) * prices.lambdaGbSecond);
}

/** Dollars a month that a stage costs in which nothing happens. */
export function idleCost(sweepSeconds: number, alarms: number): Record<string, number> {
  const minutes = 43_800;
  const awakeShare = Math.min(1, 300 / sweepSeconds);
  return {
    scheduler: minutes * prices.scheduleRun + lambda(minutes, 10, 512) + minutes * prices.dynamoDbRead,
    // Lambda keeps five long polls of 20 s open.
    sqs: 5 * 3 * minutes * prices.sqsRequest,
    secret: prices.secretMonth,
    alarms: alarms * prices.alarmMonth,
    // A quarter of a CU, awake for five minutes after each sweep.
    postgres: 0.25 * 730 * awakeShare * prices.databaseCuHour,
  };
}

/** Deliveries a second that one CU bears. */
export const deliveriesPerCu = (subscriptions: number, event: Measured, attempt: Measured): number =>
  1_000 / (attempt.databaseMs + event.databaseMs / subscriptions);
