interface EventBody {
  readonly application_id: string;
  readonly event_type: string;
  readonly payload: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The call with nothing but `fetch`, for Node, Deno, Bun and Workers alike. */
export function toTypeScript(body: EventBody, origin: string): string {
  return `const response = await fetch("${origin}/api/v1/event", {
  method: "POST",
  headers: {
    authorization: \`Bearer \${process.env.COLUMBA_TOKEN}\`,
    "content-type": "application/json",
  },
  body: JSON.stringify({
    application_id: "${body.application_id}",
    event_id: crypto.randomUUID(), // keep it when you try again: it is sent once
    event_type: "${body.event_type}",
    payload: JSON.stringify(${compact(body.payload)}),
    payload_content_type: "application/json",
    occurred_at: new Date().toISOString(),
    labels: ${JSON.stringify(body.labels)},
  }),
});
if (!response.ok) throw new Error(await response.text());`;
}

function compact(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json));
  } catch {
    return "{}";
  }
}
