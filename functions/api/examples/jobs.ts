import type { InferInput } from "valibot";
import type { Erasure, ErasurePost } from "#core/erasure.ts";
import type { Replay, ReplayPost } from "#core/replay.ts";
import {
  applicationId,
  erasureId,
  eventTypeName,
  replayId,
  subscriptionId,
} from "#functions/api/examples/ids.ts";

const created_at = new Date("2026-11-23T12:00:00Z");

export const replayPost: InferInput<typeof ReplayPost> = {
  application_id: applicationId,
  filter: {
    event_type_names: [eventTypeName],
    min_received_at: "2026-11-23T00:00:00Z",
    subscription_id: subscriptionId,
    status: "dead",
  },
  attempts_per_second: 100,
};
export const replay: Replay = {
  replay_id: replayId,
  application_id: applicationId,
  filter: {
    event_type_names: [eventTypeName],
    labels: null,
    min_received_at: new Date("2026-11-23T00:00:00Z"),
    max_received_at: created_at,
    subscription_id: subscriptionId,
    status: "dead",
  },
  attempts_per_second: 100,
  state: "running",
  attempts_expected: 1_280,
  is_exact: true,
  attempts_made: 0,
  replayed_until: null,
  created_at,
  ended_at: null,
};
export const pausedReplay: Replay = {
  ...replay,
  state: "paused",
  attempts_made: 640,
  replayed_until: new Date("2026-11-23T06:12:44.102Z"),
};
export const erasurePost: InferInput<typeof ErasurePost> = {
  application_id: applicationId,
  labels: { customer: "42" },
};
export const erasure: Erasure = {
  erasure_id: erasureId,
  application_id: applicationId,
  all_events: false,
  labels: null,
  state: "completed",
  events_erased: 17,
  attempts_erased: 34,
  created_at,
  ended_at: created_at,
};
