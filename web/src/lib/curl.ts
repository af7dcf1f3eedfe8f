export interface ApiCall {
  readonly method: string;
  /** From the host's root, with its query. */
  readonly path: string;
  readonly body?: unknown;
}

/** The call as a command to paste. The token is a variable, so that no secret is copied with it. */
export function toCurl({ method, path, body }: ApiCall, origin: string): string {
  const parts = [
    method === "GET" ? `curl '${quote(origin + path)}'` : `curl -X ${method} '${quote(origin + path)}'`,
    `-H "Authorization: Bearer $COLUMBA_TOKEN"`,
  ];
  if (body !== undefined) {
    parts.push(`-H 'Content-Type: application/json'`, `-d '${quote(JSON.stringify(body))}'`);
  }
  return parts.join(" \\\n  ");
}

/** What was delivered, as a command that sends the same body and headers to the same target. */
export function toDeliveryCurl(request: {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}): string {
  const headers = Object.entries(request.headers).map(
    ([name, value]) => `-H '${quote(`${name}: ${value}`)}'`,
  );
  return [
    `curl -X ${request.method} '${quote(request.url)}'`,
    ...headers,
    `--data-binary '${quote(request.body)}'`,
  ].join(" \\\n  ");
}

/** Safe between single quotes of a POSIX shell. */
function quote(text: string): string {
  return text.replaceAll("'", `'\\''`);
}
