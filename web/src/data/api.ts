import { hc, type InferResponseType } from "hono/client";
import type { Api } from "../../../functions/api/app.ts";
import { call } from "./transport.ts";

/** The API with its own types: the only file of the dashboard that names the server. Every call throws ApiProblem. */
export const api = hc<Api>(location.origin, { fetch: call }).api.v1;

export type RequestAttempt = InferResponseType<typeof api.request_attempts.$get, 200>[number];
export type Event = InferResponseType<typeof api.events.$get, 200>[number];
export type Subscription = InferResponseType<typeof api.subscriptions.$get, 200>[number];
export type SubscriptionHealth = InferResponseType<
  (typeof api.subscriptions)[":subscription_id"]["health"]["$get"],
  200
>;
export type EventType = InferResponseType<typeof api.event_types.$get, 200>[number];
type Schemas = (typeof api.event_types)[":event_type_name"]["schemas"];
export type SchemaVersion = InferResponseType<Schemas["$get"], 200>[number];
export type SchemaDryRun = InferResponseType<Schemas["dry_run"]["$post"], 200>;
export type SchemaFinding = SchemaDryRun["failures"][number]["findings"][number];
export type DeliveryStatistics = InferResponseType<typeof api.delivery_statistics.$get, 200>;
export type Replay = InferResponseType<typeof api.replays.$get, 200>[number];
export type ReplayCount = InferResponseType<typeof api.replays.$post, 200>;
export type Erasure = InferResponseType<typeof api.erasures.$get, 200>[number];
export type EndpointResponse = InferResponseType<(typeof api.responses)[":response_id"]["$get"], 200>;

/** A page of a list and the cursor of the one after it, as the `Link` header says. */
export interface Page<T> {
  readonly rows: T[];
  readonly next: string | null;
}

export async function readPage<T>(response: { json(): Promise<T[]>; headers: Headers }): Promise<Page<T>> {
  const url = /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
  return {
    rows: await response.json(),
    next: url ? new URL(url).searchParams.get("pagination_cursor") : null,
  };
}
