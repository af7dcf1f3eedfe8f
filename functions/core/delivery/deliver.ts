import { randomUUID } from "node:crypto";
import { nextDelaySeconds } from "#core/delivery/backoff.ts";
import type { DueHints } from "#core/delivery/due-hints.ts";
import { claim, type Claimed } from "#core/delivery/claim.ts";
import { noteHealth, type HealthSettings, type Recorded as Noted } from "#core/delivery/health.ts";
import { secondsAfter, type LeaseContext } from "#core/delivery/lease.ts";
import { enqueueAt, record, type NextAttempt, type Outcome, type Recorded } from "#core/delivery/record.ts";
import type { DeliveryMessage, DeliveryQueue } from "#core/delivery/queue.ts";
import type { RetryDefaults } from "#core/delivery/retry-steps.ts";
import type { Answer, Sender } from "#core/delivery/send.ts";
import { isUnavailable } from "#core/unavailable.ts";
import pRetry from "p-retry";

export interface DeliveryContext extends LeaseContext {
  readonly sender: Sender;
  readonly retry: RetryDefaults;
  readonly health: HealthSettings;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Left out where the scheduler always looks into the ledger. */
  readonly hints?: DueHints | undefined;
  /** For the events that tell of endpoints. */
  readonly queue: DeliveryQueue;
  /** Tells of what failed and is made up for later. */
  readonly report: (error: unknown, what: string) => void;
  /** Told of what is on record. */
  readonly onRecorded?: (recorded: readonly RecordedAttempt[]) => void;
}

/** An attempt that has ended: how, and whether its delivery has ended with it as dead. */
export interface RecordedAttempt {
  readonly attempt: Claimed;
  readonly answer: Answer | null;
  readonly isDead: boolean;
}

/**
 * What is to become of a message: it is spent, or it waits in the queue until then, or its attempt could not be
 * recorded, and the delivery is tried again when the lease has run out.
 */
export type Disposition =
  | { readonly kind: "spent" }
  | { readonly kind: "wait"; readonly until: Date }
  | { readonly kind: "unrecorded"; readonly error: unknown };

/**
 * The longest a message waits in the queue. A message waiting out its visibility counts as in flight, of which a queue
 * holds 120 000, so that longer delays are the ledger's: a large customer's outage must not stop the queue.
 */
const QUEUE_WAIT_SECONDS_MAX = 900;
/** Outcomes are recorded together, but none waits longer than this for a slower endpoint of its batch. */
const RECORD_EVERY_MS = 250;
/** The part of a lease for which a ledger that is away is waited for before anything is sent. */
const CLAIM_PATIENCE_SHARE = 0.2;
/** A forbidden or malformed target is tried this often again. */
const INVALID_TARGET_RETRIES_MAX = 2;

/**
 * Delivers a batch: claims what is due, sends it all at once, records what came of it, and says what to do with each
 * message, in the order given. Two round trips to Postgres, plus one for every 250 ms that slow endpoints take.
 * Throws when the claim fails, and then nothing has been sent.
 */
export async function deliver(
  ctx: DeliveryContext,
  messages: readonly DeliveryMessage[],
): Promise<Disposition[]> {
  const leaseToken = randomUUID();
  const leaseMs = ctx.leaseSeconds * 1_000;
  const { attempts, early } = await persist(leaseMs * CLAIM_PATIENCE_SHARE, () =>
    claim(ctx, leaseToken, messages),
  );
  const startedMs = performance.now();
  const mayWait = new Map(messages.map((message) => [message.delivery_id, message.mayWait]));
  const dispositions = new Map<string, Disposition>();
  for (const { name, dueAt } of early) {
    if (mayWait.get(name.delivery_id) && dueAt <= secondsAfter(ctx.now(), QUEUE_WAIT_SECONDS_MAX)) {
      dispositions.set(name.delivery_id, { kind: "wait", until: dueAt });
    }
  }

  await eachInBatches(
    attempts.map(async (attempt): Promise<[Claimed, Outcome]> => {
      const answer = attempt.is_live ? await ctx.sender.send(attempt, ctx.now()) : null;
      const next = nextAttempt(ctx, attempt, answer, mayWait.get(attempt.name.delivery_id) ?? false);
      return [attempt, { request_attempt_id: attempt.request_attempt_id, answer, next }];
    }),
    RECORD_EVERY_MS,
    async (done) => {
      const outcomes = done.map(([, outcome]) => outcome);
      let recorded: Recorded;
      try {
        // The endpoints have answered: only if this never commits will they be asked again.
        const patienceMs = leaseMs - (performance.now() - startedMs);
        [recorded] = await Promise.all([
          persist(patienceMs, () => record(ctx, leaseToken, outcomes)),
          ctx.hints?.note(outcomes.flatMap((outcome) => fallingDue(ctx, outcome))),
        ]);
      } catch (error) {
        // The other groups of the batch are still to be recorded.
        for (const [{ name }] of done) dispositions.set(name.delivery_id, { kind: "unrecorded", error });
        return;
      }
      for (const [{ name }, { request_attempt_id, next }] of done) {
        const isFollowed = recorded.get(request_attempt_id)?.isDead === false;
        if (next?.keptInQueue && isFollowed)
          dispositions.set(name.delivery_id, { kind: "wait", until: next.dueAt });
      }
      const noted = done.flatMap(([attempt, { answer, request_attempt_id }]): RecordedAttempt[] => {
        const result = recorded.get(request_attempt_id);
        return result ? [{ attempt, answer, isDead: result.isDead }] : [];
      });
      ctx.onRecorded?.(noted);
      await tell(ctx, noted);
    },
  );

  return messages.map(({ delivery_id }) => dispositions.get(delivery_id) ?? { kind: "spent" });
}

/**
 * Notes how the endpoints did, and enqueues the events that tell of it. What cannot be noted now, the endpoint's next
 * answer says again, and what cannot be enqueued, the scheduler will: the batch's other outcomes come first.
 */
async function tell(ctx: DeliveryContext, noted: readonly Noted[]): Promise<void> {
  try {
    const told = await noteHealth(ctx, noted);
    if (told.length > 0) await ctx.queue.send(told.map((name) => ({ ...name, delaySeconds: 0 })));
  } catch (error) {
    ctx.report(error, "the health of endpoints was not noted, or its events not enqueued");
  }
}

/** Repeats a statement that is safe to repeat while Postgres is away, at most for so long. */
function persist<T>(patienceMs: number, statement: () => Promise<T>): Promise<T> {
  return pRetry(statement, {
    retries: 100,
    minTimeout: 50,
    maxTimeout: 1_000,
    maxRetryTime: Math.max(0, patienceMs),
    shouldRetry: ({ error }) => isUnavailable(error),
  });
}

/** When the scheduler has work from this outcome: the next attempt, and at once the events and mail about failures. */
function fallingDue(ctx: LeaseContext, { answer, next }: Outcome): Date[] {
  if (answer?.errorName === null) return [];
  return next ? [ctx.now(), enqueueAt(ctx, next)] : [ctx.now()];
}

/** When and how the delivery is tried again after this answer; null when it is done or given up. */
function nextAttempt(
  ctx: DeliveryContext,
  attempt: Claimed,
  answer: Answer | null,
  mayWait: boolean,
): NextAttempt | null {
  if (answer === null || answer.errorName === null || isFinal(answer, attempt.retry_count)) return null;
  const now = ctx.now();
  const failure = {
    retryCount: attempt.retry_count,
    status: answer.status,
    retryAfter: answer.headers?.["retry-after"],
    firstAt: attempt.first_at,
    policy: attempt.retry_policy,
  };
  const delaySeconds = nextDelaySeconds(failure, { ...ctx.retry, now, random: ctx.random });
  if (delaySeconds === null) return null;
  return {
    dueAt: secondsAfter(now, delaySeconds),
    keptInQueue: mayWait && delaySeconds <= QUEUE_WAIT_SECONDS_MAX,
  };
}

/** Whether trying again cannot help. */
function isFinal({ errorName, status }: Answer, retryCount: number): boolean {
  // A header that cannot be sent now never can (Hook0 4.1); Gone is the endpoint's own last word (Standard Webhooks).
  if (errorName === "E_INVALID_HEADER" || status === 410) return true;
  // A name may have resolved wrongly for a moment, but not for ten days.
  return errorName === "E_INVALID_TARGET" && retryCount >= INVALID_TARGET_RETRIES_MAX;
}

/** Gives what the promises resolve to to `use`, in groups: whatever has come each `intervalMs`, and the rest at the end. */
async function eachInBatches<T>(
  promises: readonly Promise<T>[],
  intervalMs: number,
  use: (results: T[]) => Promise<void>,
): Promise<void> {
  let results: T[] = [];
  const all = Promise.all(
    promises.map(async (promise) => {
      const result = await promise;
      // Only now: what `results` is may have changed while we waited.
      results.push(result);
    }),
  ).then(() => true);
  for (let isDone = promises.length === 0; !isDone;) {
    const interval = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => interval.resolve(false), intervalMs);
    isDone = await Promise.race([all, interval.promise]);
    clearTimeout(timer);
    const group = results;
    results = [];
    if (group.length > 0) await use(group);
  }
}
