import { sql } from "kysely";
import { admit } from "#core/delivery/admission.ts";
import { leaseEnd, secondsAfter, type DeliveryName, type LeaseContext } from "#core/delivery/lease.ts";
import type { DeliveryMessage } from "#core/delivery/queue.ts";
import type { RetryPolicy } from "#core/delivery/retry-policy.ts";
import type { Outgoing } from "#core/delivery/send.ts";

/** An attempt this function holds, with all it needs to be sent. */
export interface Claimed extends Outgoing {
  readonly name: DeliveryName;
  readonly request_attempt_id: string;
  readonly retry_count: number;
  /** When the delivery's first attempt was made. */
  readonly first_at: Date;
  readonly retry_policy: RetryPolicy | null;
  /** Whether the endpoint's last answers were failures. */
  readonly is_failing: boolean;
  /** False when the subscription or its application is gone or disabled: it is to end without being sent. */
  readonly is_live: boolean;
}

export interface Claim {
  readonly attempts: readonly Claimed[];
  /** Open, but not to be sent yet, with the instant from which they are. Their messages came early. */
  readonly early: readonly Early[];
}

/** How much of a lease must be left for it to be enough. */
const LEASE_SHARE_MIN = 2 / 3;

export interface Early {
  readonly name: DeliveryName;
  readonly dueAt: Date;
}

/**
 * Takes the open, due and unleased attempts of these deliveries under a fresh lease and loads payloads, targets and
 * secrets, in one statement. What another function holds, and what is finished, is left out: its message is spent.
 * Attempts for a subscription that is paused or has limits of its own take one more step, which counts what all
 * function instances send to it. Asked again with the same token, because the first answer was lost, it answers the
 * same attempts.
 */
export async function claim(
  ctx: LeaseContext,
  leaseToken: string,
  messages: readonly DeliveryMessage[],
): Promise<Claim> {
  const free = await take(ctx, leaseToken, messages, false);
  if (free.restricted.length === 0) return free;
  const attempts = [...free.attempts];
  const deferred = await admit(ctx, free.restricted, async (inLock, admitted) => {
    attempts.push(...(await take(inLock, leaseToken, admitted, true)).attempts);
  });
  return { attempts, early: [...free.early, ...deferred] };
}

interface Taken {
  readonly attempts: Claimed[];
  readonly early: Early[];
  /** Due, and not taken because the subscription is paused or limited. */
  readonly restricted: DeliveryMessage[];
}

type Row = DeliveryName & { due_at: Date; is_restricted: boolean } & (
    | Omit<Claimed, "name">
    | { request_attempt_id: null }
  );

async function take(
  ctx: LeaseContext,
  leaseToken: string,
  messages: readonly DeliveryMessage[],
  isAdmitted: boolean,
): Promise<Taken> {
  const now = ctx.now();
  const { rows } = await sql<Row>`
    select * from claim_attempts(
      ${leaseToken}, ${now}, ${secondsAfter(now, ctx.leaseSeconds * LEASE_SHARE_MIN)}, ${leaseEnd(ctx, now)}, ${isAdmitted},
      ${messages.map((name) => name.application_id)}, ${messages.map((name) => name.subscription_id)},
      ${messages.map((name) => name.delivery_id)}
    )
  `.execute(ctx.db);

  const mayWait = new Map(messages.map((message) => [message.delivery_id, message.mayWait]));
  const taken: Taken = { attempts: [], early: [], restricted: [] };
  for (const { application_id, subscription_id, delivery_id, ...row } of rows) {
    const name = { application_id, subscription_id, delivery_id };
    if (row.request_attempt_id !== null) taken.attempts.push({ name, ...row });
    else if (row.is_restricted)
      taken.restricted.push({ ...name, mayWait: mayWait.get(delivery_id) ?? false });
    else if (row.due_at > now) taken.early.push({ name, dueAt: row.due_at });
  }
  return taken;
}
