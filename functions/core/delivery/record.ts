import { sql } from "kysely";
import { leaseEnd, type LeaseContext } from "#core/delivery/lease.ts";
import type { Answer } from "#core/delivery/send.ts";

/** What is to be written of one attempt. */
export interface Outcome {
  readonly request_attempt_id: string;
  /** Null when nothing was sent, because the subscription is gone. */
  readonly answer: Answer | null;
  /** Null when there is to be no further attempt. */
  readonly next: NextAttempt | null;
}

export interface NextAttempt {
  readonly dueAt: Date;
  /** Whether the message that carried this attempt waits in the queue for the next, or the ledger wakes it. */
  readonly keptInQueue: boolean;
}

/** By id, the attempts that are on record. */
export type Recorded = ReadonlyMap<string, { readonly isDead: boolean }>;

/**
 * When the scheduler is to enqueue an attempt, unless someone else has ended it by then. A message that is kept is to
 * come back when it is due, and is taken for lost a lease later.
 */
export const enqueueAt = (ctx: LeaseContext, { dueAt, keptInQueue }: NextAttempt): Date =>
  keptInQueue ? leaseEnd(ctx, dueAt) : dueAt;

/**
 * Ends the attempts and makes those that follow, in one statement. Only what this lease still holds is written: a
 * function that comes late, after its lease has run out and another has taken over, changes nothing. No attempt follows
 * for a subscription that has been disabled or deleted meanwhile. A failure that nothing follows makes the delivery a
 * dead letter. Returns the attempts recorded under this lease, those of an earlier call included whose
 * answer was lost, and whether each ended its delivery as dead.
 */
export async function record(
  ctx: LeaseContext,
  leaseToken: string,
  outcomes: readonly Outcome[],
): Promise<Recorded> {
  const now = ctx.now();
  const bodies = outcomes.map(({ answer }) => answer?.body ?? null);
  const rows = outcomes.map(({ request_attempt_id, answer, next }) => ({
    request_attempt_id,
    succeeded: answer !== null && answer.errorName === null,
    error_name: answer?.errorName ?? null,
    status: answer?.status ?? null,
    headers: answer?.headers ?? null,
    elapsed_ms: answer?.elapsedMs ?? null,
    next_due_at: next?.dueAt ?? null,
    next_enqueue_at: next && enqueueAt(ctx, next),
  }));
  const recorded = await sql<{ request_attempt_id: string; is_dead: boolean }>`
    select request_attempt_id, is_dead from record_outcomes(${leaseToken}, ${now}, ${JSON.stringify(rows)}, ${bodies})
  `.execute(ctx.db);
  return new Map(recorded.rows.map((row) => [row.request_attempt_id, { isDead: row.is_dead }]));
}
