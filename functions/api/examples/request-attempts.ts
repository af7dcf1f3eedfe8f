import type { InferInput } from "valibot";
import type { RetryPost, RetryResult } from "#core/dead-letter.ts";
import type { RequestAttempt } from "#core/request-attempt.ts";
import type { Response } from "#core/response.ts";
import {
  applicationId,
  attemptId,
  eventId,
  eventTypeName,
  retriedAttemptId,
  subscriptionId,
} from "#functions/api/examples/ids.ts";

const failed_at = new Date("2026-11-23T10:00:00.480Z");

/** The last of a delivery that was given up. */
export const attempt: RequestAttempt = {
  request_attempt_id: attemptId,
  event_id: eventId,
  event: { event_id: eventId, event_type_name: eventTypeName },
  subscription: { subscription_id: subscriptionId, description: "Orders for the warehouse" },
  created_at: new Date("2026-11-23T10:00:00.120Z"),
  picked_at: new Date("2026-11-23T10:00:00.140Z"),
  failed_at,
  succeeded_at: null,
  delay_until: null,
  response_id: attemptId,
  http_response_status: 503,
  retry_count: 4,
  status: { type: "failed", at: failed_at, full_processing_ms: 360 },
};
export const freshAttempt: RequestAttempt = {
  ...attempt,
  request_attempt_id: retriedAttemptId,
  created_at: new Date("2026-11-23T11:00:00Z"),
  picked_at: null,
  failed_at: null,
  response_id: null,
  http_response_status: null,
  retry_count: 0,
  status: { type: "pending", since: new Date("2026-11-23T11:00:00Z") },
};
export const response: Response = {
  response_id: attemptId,
  response_error_name: "E_HTTP",
  http_code: 503,
  headers: { "content-type": "text/plain", "retry-after": "60" },
  body: "Service Unavailable",
  body_encoding: "utf-8",
  elapsed_time_ms: 340,
};
export const deadLetterRetryPost: InferInput<typeof RetryPost> = {
  application_id: applicationId,
  filter: { subscription_id: subscriptionId, min_dead_at: "2026-11-23T00:00:00Z" },
};
export const deadLetterRetry: RetryResult = { matching: 12, retried: 12 };
