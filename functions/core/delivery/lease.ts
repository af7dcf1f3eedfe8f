import type { Context } from "#core/context.ts";

/**
 * Names one delivery (an event to a subscription, whatever the try) in a queue message. The ledger decides what is
 * still to be done for it, so a message may come late, twice or never.
 */
export interface DeliveryName {
  readonly application_id: string;
  readonly subscription_id: string;
  readonly delivery_id: string;
}

export interface LeaseContext extends Context {
  /**
   * How long whoever has a delivery (the queue, or a delivery function) is trusted to finish with it. Longer than the
   * longest request, so that a slow endpoint is not called twice; short, because it is also how long a lost message or
   * a dead function delays a delivery.
   */
  readonly leaseSeconds: number;
}

/** When a lease taken at `now` ends and the scheduler takes over. */
export function leaseEnd(ctx: LeaseContext, now: Date): Date {
  return secondsAfter(now, ctx.leaseSeconds);
}

export function secondsAfter(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1_000);
}
