import type { Endpoint } from "./endpoint.ts";

/** One delivery on its way, whatever the try. */
export interface Delivery {
  readonly endpoint: Endpoint;
  readonly acceptedAt: number;
  retryCount: number;
  /** Not to be sent earlier. */
  dueAt: number;
}
