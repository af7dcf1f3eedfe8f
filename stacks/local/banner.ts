import type { LocalJson } from "./stack.ts";
import { EXAMPLE_EVENT_TYPE, EXAMPLE_LABELS } from "./example.ts";

/** What a person reads when the stack is up. */
export function banner(local: LocalJson): string {
  const event = JSON.stringify({
    application_id: local.application_id,
    event_type: EXAMPLE_EVENT_TYPE,
    payload: JSON.stringify({ order: 42, total: "19.90" }),
    payload_content_type: "application/json",
    occurred_at: new Date().toISOString(),
    labels: EXAMPLE_LABELS,
  });
  return `
  Columba is up.

  Dashboard   ${local.dashboard_url}
  API         ${local.api_url}
  Inspector   ${local.inspector_url}
  Sign in     ${local.email} / ${local.password}

  Send an event, and see it arrive in the inspector:

  curl -X POST ${local.api_url}/event \\
    -H "Authorization: Bearer ${local.application_secret}" \\
    -H "Content-Type: application/json" \\
    -d '${event}'

  Ctrl-C stops everything.
`;
}
