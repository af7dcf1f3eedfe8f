import type { SentEvent } from "./client.ts";
import type { ReceivedRequest } from "./endpoints.ts";
import type { LedgerAttempt } from "./ledger.ts";
import type { Behaviour, Fault } from "./plan.ts";

/** A fault that happened, and until when its part was away. */
export type DoneFault = Fault & { readonly fromMs: number; readonly untilMs: number };

export interface Observed {
  readonly events: readonly SentEvent[];
  readonly received: readonly ReceivedRequest[];
  readonly attempts: readonly LedgerAttempt[];
  readonly faults: readonly DoneFault[];
  readonly endpoints: readonly {
    readonly behaviour: Behaviour;
    readonly lane: number;
    readonly subscriptionId: string;
  }[];
  readonly retriesMax: number;
  readonly leaseMs: number;
}

export interface Account {
  /** Events that the API took. */
  readonly accepted: number;
  /** Events x subscriptions. */
  readonly deliveries: number;
  readonly delivered: number;
  readonly dead: number;
  readonly requests: number;
  /** Requests beyond those on record that the endpoint had answered, with the faults that explain them. */
  readonly duplicates: number;
  readonly duplicatesBy: Readonly<Record<string, number>>;
  /** Requests beyond those on record that were never answered: their sender was killed meanwhile. */
  readonly cutShort: number;
  readonly longestRecoveryMs: number;
  readonly longestAnswerMs: number;
  /** Each is a broken promise. */
  readonly breaches: readonly string[];
}

/** The clock of a request's arrival and those of the ledger are one, but are read some moments apart. */
const CLOCK_SLACK_MS = 20;
/** On busy processors an endpoint may read a request this long after it was made, or after its sender was killed. */
const READ_LATE_MS = 1_000;

/** Compares what was accepted, what the endpoints got and what the ledger says. */
export function takeAccount(observed: Observed): Account {
  const { events, received, attempts, endpoints } = observed;
  const breaches: string[] = [];
  const requestsOf = Map.groupBy(received, ({ endpoint, eventId }) => `${endpoint} ${eventId}`);
  const attemptsOf = Map.groupBy(attempts, (attempt) => `${attempt.subscription_id} ${attempt.event_id}`);
  const totals = { deliveries: 0, delivered: 0, dead: 0, duplicates: 0, cutShort: 0, longestRecoveryMs: 0 };
  const duplicatesBy: Record<string, number> = {};

  for (const event of events) {
    for (const [index, endpoint] of endpoints.entries()) {
      if (endpoint.lane !== event.lane) continue;
      totals.deliveries++;
      const requests = requestsOf.get(`${index} ${event.eventId}`) ?? [];
      const tries = attemptsOf.get(`${endpoint.subscriptionId} ${event.eventId}`) ?? [];
      const name = `event ${event.eventId} to ${endpoint.behaviour} endpoint ${index}`;
      breaches.push(
        ...judge(observed, endpoint.behaviour, event, requests, tries).map((text) => `${name}: ${text}`),
      );

      const last = tries.at(-1);
      if (last?.succeeded_at) totals.delivered++;
      else if (last?.failed_at) totals.dead++;
      const firstSuccess = requests.find(({ status }) => status === 200);
      if (endpoint.behaviour === "good" && firstSuccess) {
        const recoveryMs = firstSuccess.arrivedAtMs - event.acceptedAtMs;
        totals.longestRecoveryMs = Math.max(totals.longestRecoveryMs, recoveryMs);
      }
      for (const request of unrecorded(requests, tries)) {
        const cause = causeOf(observed, request);
        if (!cause)
          breaches.push(
            `${name}: a request at ${request.arrivedAtMs} that nothing recorded and no fault explains`,
          );
        if (request.status === null) totals.cutShort++;
        else {
          totals.duplicates++;
          duplicatesBy[cause ?? "unexplained"] = (duplicatesBy[cause ?? "unexplained"] ?? 0) + 1;
        }
      }
    }
  }
  const known = new Set(events.map(({ eventId }) => eventId));
  for (const { eventId } of received)
    if (!known.has(eventId)) breaches.push(`event ${eventId} came from nowhere`);
  return {
    accepted: events.length,
    requests: received.length,
    ...totals,
    duplicatesBy,
    longestAnswerMs: Math.max(0, ...events.map(({ answerMsMax }) => answerMsMax)),
    breaches,
  };
}

/** What is wrong with one delivery. */
function judge(
  { retriesMax }: Observed,
  behaviour: Behaviour,
  event: SentEvent,
  requests: readonly ReceivedRequest[],
  tries: readonly LedgerAttempt[],
): string[] {
  const faults: string[] = [];
  const last = tries.at(-1);
  if (!last) return ["lost: the ledger has no attempt"];
  if (!last.succeeded_at && !last.failed_at) faults.push("stuck: its last attempt is still open");
  if (tries.some(({ retry_count }, index) => retry_count !== index))
    faults.push("attempts are missing or repeated");
  if (tries.slice(0, -1).some(({ failed_at }) => !failed_at))
    faults.push("an attempt followed one that had not failed");
  if (last.failed_at && last.retry_count < retriesMax) faults.push("given up before its last retry");
  if (last.failed_at && (behaviour === "good" || behaviour === "slow"))
    faults.push("lost: given up, to a good endpoint");
  const successes = requests.filter(({ status }) => status === 200).length;
  if (last.succeeded_at && successes === 0) faults.push("lost: recorded as delivered, and never was");
  if (requests.length < tries.filter(wasSent).length && behaviour !== "reset")
    faults.push("more attempts on record than requests");
  if (requests.some(({ body }) => body !== event.payload)) faults.push("another body than was sent");
  return faults;
}

/** Refused connections reach no endpoint. */
const wasSent = ({ response_status }: LedgerAttempt) => response_status !== null;

/** The requests that no recorded attempt accounts for: each attempt has the last one made while it was held. */
function unrecorded(
  requests: readonly ReceivedRequest[],
  tries: readonly LedgerAttempt[],
): readonly ReceivedRequest[] {
  const left = new Set(requests);
  for (const { picked_at, succeeded_at, failed_at } of tries) {
    const endedAt = succeeded_at ?? failed_at;
    if (!picked_at || !endedAt) continue;
    const own = [...left].findLast(
      ({ arrivedAtMs }) =>
        arrivedAtMs >= picked_at.getTime() - CLOCK_SLACK_MS &&
        arrivedAtMs <= endedAt.getTime() + CLOCK_SLACK_MS,
    );
    if (own) left.delete(own);
  }
  return [...left];
}

/**
 * Why a request could not be recorded: the delivery function that had made it was killed before its record, or the
 * ledger was away for most of the time for which the function held the attempt.
 */
function causeOf({ faults, leaseMs }: Observed, { arrivedAtMs }: ReceivedRequest): string | undefined {
  const endedMs = arrivedAtMs + leaseMs;
  const killed = faults.some(
    (fault) =>
      fault.kind === "kill" &&
      fault.process === "workers" &&
      fault.fromMs >= arrivedAtMs - READ_LATE_MS &&
      fault.fromMs <= endedMs,
  );
  if (killed) return "the delivery function was killed";
  const awayMs = faults
    .filter(
      (fault) => fault.kind === "restart-postgres" || (fault.kind === "kill" && fault.process === "postgres"),
    )
    .map((fault) => Math.min(fault.untilMs, endedMs) - Math.max(fault.fromMs, arrivedAtMs - READ_LATE_MS));
  return awayMs.some((ms) => ms >= leaseMs / 2) ? "Postgres was away for most of the lease" : undefined;
}
