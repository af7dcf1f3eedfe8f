import type { Subscription } from "../../data/api.ts";
import { parseSpan, SPAN_PATTERN } from "../../lib/duration.ts";
import { formText } from "../../lib/form.ts";

type RetryPolicy = Subscription["retry_policy"];

export const kinds = [
  ["", "As this instance does"],
  ["schedule", "After waits of your own"],
  ["exponential", "After waits that grow"],
] as const;
export type Kind = (typeof kinds)[number][0];

/** Spans with commas between them, as the pattern of an input. */
export const SCHEDULE_PATTERN = `(${SPAN_PATTERN}(,${SPAN_PATTERN})*)?`;

export function kindOf(policy: RetryPolicy): Kind {
  if (policy === null) return "";
  return "schedule_seconds" in policy ? "schedule" : "exponential";
}

/** The retry policy that the form's fields say; NaN stands where one of them cannot be read. */
export function readRetryPolicy(form: FormData): RetryPolicy {
  const text = (name: string) => formText(form, name);
  const window_seconds = text("retry_window") === "" ? null : parseSpan(text("retry_window"));
  switch (text("retry_kind") as Kind) {
    case "":
      return null;
    case "schedule":
      return {
        schedule_seconds: text("retry_schedule").split(",").filter(isGiven).map(parseSpan),
        window_seconds,
      };
    case "exponential":
      return {
        exponential: {
          initial_seconds: parseSpan(text("retry_initial")),
          factor: Number(text("retry_factor")),
          cap_seconds: parseSpan(text("retry_cap")),
          retries: Number(text("retry_count")),
        },
        window_seconds,
      };
  }
}

const isGiven = (text: string) => text.trim() !== "";
