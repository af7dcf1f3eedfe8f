import type { DeliveryName } from "#core/delivery/lease.ts";

export interface QueuedDelivery extends DeliveryName {
  /** 0 to 900. */
  readonly delaySeconds: number;
  /** How often it has been received from the queue without being done; left out when it comes from the ledger. */
  readonly receives?: number;
}

/** A delivery that came from the queue, and whether it may wait there once more. */
export interface DeliveryMessage extends DeliveryName {
  readonly mayWait: boolean;
}

/** Where the names of due deliveries go. May lose, repeat, delay or reorder them: the ledger is the truth. */
export interface DeliveryQueue {
  /** Rejects when not all could be sent; the leases of those that were not will run out. */
  send(deliveries: readonly QueuedDelivery[]): Promise<void>;
}
