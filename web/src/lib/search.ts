/** The text of a search parameter; the first when it is repeated, undefined when it is empty. */
export function one(value: string | string[] | undefined): string | undefined {
  const first = Array.isArray(value) ? value[0] : value;
  return first === "" ? undefined : first;
}

const HOUR_MS = 3_600_000;
const spans: Readonly<Record<string, number>> = { "1h": HOUR_MS, "24h": 24 * HOUR_MS, "7d": 168 * HOUR_MS };

/** The start, as RFC 3339, of a span such as `24h` that ends now; undefined for any other text. */
export function sinceToInstant(since: string | undefined, nowMs: number): string | undefined {
  const span = since && spans[since];
  return span ? new Date(nowMs - span).toISOString() : undefined;
}
