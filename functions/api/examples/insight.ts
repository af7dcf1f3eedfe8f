import type { Analytics } from "#core/analytics/analytics.ts";
import type { DeliveryStatistics } from "#core/analytics/delivery-statistics.ts";
import type { AuditEntry } from "#core/audit-entry.ts";
import type { EventsPerDayEntry } from "#core/events-per-day.ts";
import { applicationId, auditEntryId, subscriptionId, userId } from "#functions/api/examples/ids.ts";

const at = new Date("2026-11-23T10:00:00Z");
const until = new Date("2026-11-23T11:00:00Z");

export const eventsOfDay: EventsPerDayEntry = {
  application_id: applicationId,
  application_name: "Shop",
  date: "2026-11-23",
  amount: 1_280,
  is_provisional: true,
};

const figures = {
  accepted: 1_280,
  deliveries: 2_560,
  delivered: 2_540,
  failed: 32,
  unsent: 0,
  dead: 4,
  error_rate: 0.0124,
  delivery_latency: { p50_ms: 60, p95_ms: 240, p99_ms: 5_200 },
  endpoint_latency: { p50_ms: 38, p95_ms: 120, p99_ms: 410 },
};
const standing = { waiting: 16, oldest_waiting_at: new Date("2026-11-23T10:58:00Z"), dead_letters: 4 };
export const analytics: Analytics = {
  by: "hour",
  from: at,
  to: until,
  total: { ...figures, ...standing },
  points: [{ at, ...figures }],
  groups: [{ subscription_id: subscriptionId, event_type: null, ...figures, ...standing }],
};

const counts = { delivered: 2_540, failed: 32 };
export const deliveryStatistics: DeliveryStatistics = {
  since: at,
  until,
  ...counts,
  waiting: 16,
  oldest_waiting_at: new Date("2026-11-23T10:58:00Z"),
  latency_p50_ms: 38,
  latency_p95_ms: 120,
  buckets: [{ at, ...counts }],
  subscriptions: [{ subscription_id: subscriptionId, ...counts, waiting: 16, buckets: [{ at, ...counts }] }],
};
export const auditEntry: AuditEntry = {
  audit_entry_id: auditEntryId,
  application_id: applicationId,
  actor_kind: "user",
  actor_id: userId,
  action: "subscription:create",
  subject: subscriptionId,
  ip: "203.0.113.7",
  at,
};
