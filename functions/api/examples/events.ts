import type { InferInput } from "valibot";
import type { Event, EventWithPayload } from "#core/event.ts";
import type { Explanation, HypotheticalEvent } from "#core/explanation.ts";
import type { EventPost, IngestedEvent } from "#core/ingest.ts";
import { problemDocument } from "#core/problem.ts";
import type { EventResult } from "#functions/api/event-batch.ts";
import {
  applicationId,
  eventId,
  eventTypeName,
  newEventId,
  subscriptionId,
} from "#functions/api/examples/ids.ts";

const labels = { customer: "42" };
const received_at = new Date("2026-11-23T10:00:00.120Z");

export const eventPost: InferInput<typeof EventPost> = {
  application_id: applicationId,
  event_id: newEventId,
  event_type: eventTypeName,
  payload: '{"order":1042,"currency":"EUR"}',
  payload_content_type: "application/json",
  metadata: { source: "checkout" },
  occurred_at: "2026-11-23T10:00:00Z",
  labels,
};
export const ingestedEvent: IngestedEvent = {
  application_id: applicationId,
  event_id: newEventId,
  received_at,
};
export const batch: InferInput<typeof EventPost>[] = [
  eventPost,
  { ...eventPost, event_id: null, event_type: "shop.order.lost" },
];
export const batchResults: EventResult[] = [
  { status: 201, event: ingestedEvent, problem: null, pointer: null },
  {
    status: 400,
    event: null,
    problem: problemDocument(
      "EventTypeDoesNotExist",
      "event_type: shop.order.lost is not an active event type of this application",
    ),
    pointer: "/event_type",
  },
];
export const event: Event = {
  event_id: eventId,
  event_type_name: eventTypeName,
  payload_content_type: "application/json",
  ip: "203.0.113.7",
  metadata: { source: "checkout" },
  occurred_at: new Date("2026-11-23T10:00:00Z"),
  received_at,
  labels,
};
export const eventWithPayload: EventWithPayload = {
  ...event,
  payload: "eyJvcmRlciI6MTA0MiwiY3VycmVuY3kiOiJFVVIifQ==",
  schema_version: 1,
  schema_warnings: null,
};

const missingLabel = "It asks for the label plan=paying, and the event has no label plan.";
export const explanation: Explanation = {
  event_id: eventId,
  subscription_id: subscriptionId,
  outcome: "does_not_match",
  summary: `Not sent: ${missingLabel}`,
  rules: [
    { rule: "exists", passed: true, words: "The subscription exists." },
    { rule: "event_type", passed: true, words: "It asks for shop.**, which fits shop.order.paid." },
    { rule: "labels", passed: false, words: missingLabel },
  ],
  attempts: 0,
  next_attempt_at: null,
};
export const hypotheticalEvent: InferInput<typeof HypotheticalEvent> = {
  application_id: applicationId,
  subscription_id: subscriptionId,
  event_type: eventTypeName,
  labels,
};
