import type { Subscription } from "../../data/api.ts";
import { formText } from "../../lib/form.ts";
import { parseLines } from "../../lib/labels.ts";
import { readRetryPolicy } from "./retry-policy-input.ts";
import { signatureForms } from "./SignatureFields.tsx";

export const METHODS = ["POST", "PUT", "PATCH", "GET", "DELETE", "OPTIONS", "HEAD"] as const;

/** What a subscription is made or replaced with. */
export interface SubscriptionInput {
  application_id: string;
  is_enabled: boolean;
  event_types: string[];
  description: string | null;
  metadata: Record<string, string>;
  labels: Record<string, string>;
  target: {
    type: "http";
    method: (typeof METHODS)[number];
    url: string;
    headers: Record<string, string>;
  };
  signatures: Subscription["signatures"];
  retry_policy: Subscription["retry_policy"];
  timeout_seconds: number | null;
  rate_limit_per_second: number | null;
  concurrency_limit: number | null;
  forward_trace_context: boolean;
  dedicated_workers: string[];
}

/** What the form says; what it has no field for stays as it was. Throws when labels or headers cannot be read. */
export function readSubscription(
  form: FormData,
  application_id: string,
  previous: Subscription | undefined,
): SubscriptionInput {
  const text = (name: string) => formText(form, name);
  const chosen = form.getAll("signatures");
  const number = (name: string) => (text(name) === "" ? null : Number(text(name)));
  return {
    application_id,
    is_enabled: form.has("is_enabled"),
    event_types: [
      ...form.getAll("event_types").map(String),
      ...text("patterns")
        .split(/[\s,]+/)
        .filter(Boolean),
    ],
    description: text("description") || null,
    metadata: { ...previous?.metadata },
    labels: parseLines(text("labels")),
    target: {
      type: "http",
      method: METHODS.find((method) => method === text("method")) ?? "POST",
      url: text("url"),
      headers: parseLines(text("headers")),
    },
    signatures: signatureForms.map(({ form }) => form).filter((name) => chosen.includes(name)),
    retry_policy: readRetryPolicy(form),
    dedicated_workers: previous?.dedicated_workers ?? [],
    forward_trace_context: form.has("forward_trace_context"),
    timeout_seconds: number("timeout_seconds"),
    rate_limit_per_second: number("rate_limit_per_second"),
    concurrency_limit: number("concurrency_limit"),
  };
}
