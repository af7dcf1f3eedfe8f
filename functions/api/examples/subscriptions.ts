import type { InferInput } from "valibot";
import type { SubscriptionHealth } from "#core/subscription-health.ts";
import type { RotationPost } from "#core/subscription-secret.ts";
import type { Subscription, SubscriptionPost } from "#core/subscription.ts";
import { applicationId, eventTypeName, subscriptionId } from "#functions/api/examples/ids.ts";

const description = "Orders for the warehouse";
const target = {
  type: "http",
  method: "POST",
  url: "https://warehouse.example/webhooks",
  headers: { "x-tenant": "42" },
} as const;

export const subscriptionPost: InferInput<typeof SubscriptionPost> = {
  application_id: applicationId,
  is_enabled: true,
  event_types: [eventTypeName, "shop.refund.**"],
  description,
  labels: { customer: "42" },
  target,
  signatures: ["hook0", "standard"],
  retry_policy: { schedule_seconds: [5, 60, 600, 3_600] },
  timeout_seconds: 10,
};
export const subscription: Subscription = {
  application_id: applicationId,
  subscription_id: subscriptionId,
  is_enabled: true,
  event_types: [eventTypeName, "shop.refund.**"],
  description,
  secret: "7ddca771-969a-4354-95ad-115659d51455",
  signatures: ["hook0", "standard"],
  standard_secret: "whsec_jwHRTM2S9IdKfvC5gt7o6p8oQU3mkdrpysn7sdr1HMI=",
  previous_secrets_until: null,
  metadata: {},
  label_key: "customer",
  label_value: "42",
  labels: { customer: "42" },
  target,
  retry_policy: { schedule_seconds: [5, 60, 600, 3_600], window_seconds: null },
  timeout_seconds: 10,
  rate_limit_per_second: null,
  concurrency_limit: null,
  forward_trace_context: false,
  disabled_reason: null,
  created_at: new Date("2026-11-20T09:00:00Z"),
  updated_at: new Date("2026-11-20T09:00:00Z"),
  dedicated_workers: [],
};
export const rotationPost: InferInput<typeof RotationPost> = {
  application_id: applicationId,
  overlap_seconds: 86_400,
};
export const rotatedSubscription: Subscription = {
  ...subscription,
  secret: "0d7d3c57-3c6c-4a71-9a06-6a2c1e0b6a52",
  standard_secret: "whsec_Yk2oVU0DRzUg3la+X5hKvkqZ4izj560s2vFvPTO7jkc=",
  previous_secrets_until: new Date("2026-11-24T10:00:00Z"),
  updated_at: new Date("2026-11-23T10:00:00Z"),
};
export const subscriptionHealth: SubscriptionHealth = {
  subscription_id: subscriptionId,
  state: "paused",
  disabled_reason: null,
  pause_reason: "broken",
  paused_until: new Date("2026-11-23T10:01:00Z"),
  failures: 20,
  failing_since: new Date("2026-11-23T09:30:00Z"),
  attempts: 480,
  success_rate: 0.95,
  latency_p50_ms: 38,
  latency_p95_ms: 120,
  latency_p99_ms: 410,
};
