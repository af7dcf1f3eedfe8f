import type { EndpointResponse, RequestAttempt } from "../data/api.ts";
import { formatDuration } from "./duration.ts";

/** Why an endpoint gave no answer that counts, and whose move it is. */
const causes: Readonly<Record<string, string>> = {
  E_TIMEOUT: "The endpoint did not answer in time. It may be slow or overloaded.",
  E_CONNECTION:
    "No connection could be made: the endpoint is down, refuses connections, or its TLS is broken.",
  E_DNS: "The host name of the endpoint does not resolve.",
  E_INVALID_TARGET: "The address of the endpoint is not one that may be called.",
  E_INVALID_HEADER: "A header of the subscription cannot be sent.",
  E_UNKNOWN: "The request failed in an unknown way.",
};

type Attempt = Pick<RequestAttempt, "status" | "http_response_status" | "retry_count">;
type Answer = Pick<EndpointResponse, "response_error_name" | "elapsed_time_ms"> | undefined;

/** One sentence on what came of an attempt. */
export function diagnose(attempt: Attempt, answer: Answer): string {
  const took = answer?.elapsed_time_ms == null ? "" : ` in ${formatDuration(answer.elapsed_time_ms)}`;
  switch (attempt.status.type) {
    case "successful":
      return `The endpoint answered ${attempt.http_response_status}${took}.`;
    case "failed":
      if (attempt.http_response_status)
        return `${answerMeaning(attempt.http_response_status)}${took && ` It took${took.replace(" in", "")}.`}`;
      if (answer?.response_error_name)
        return causes[answer.response_error_name] ?? answer.response_error_name;
      return "It ended without being sent: the subscription or the application was disabled or deleted.";
    case "waiting":
      return attempt.retry_count > 0 ? "Waiting for the next try." : "Waiting for its time.";
    case "pending":
      return "Queued: it will be sent in a moment.";
    case "in_progress":
      return "Being sent right now.";
  }
}

function answerMeaning(status: number): string {
  if (status === 401 || status === 403) return `The endpoint refused the request as not allowed (${status}).`;
  if (status === 404 || status === 410) return `The endpoint knows no such address (${status}).`;
  if (status === 429) return "The endpoint asks for fewer requests (429).";
  if (status >= 300 && status < 400)
    return `The endpoint redirects (${status}); deliveries follow no redirect.`;
  if (status >= 500) return `The endpoint failed itself (${status}).`;
  return `The endpoint refused the request (${status}).`;
}
