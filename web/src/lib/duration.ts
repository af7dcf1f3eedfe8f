const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span of milliseconds for a person, with its unit: `840 ms`, `12.4 s`, `3 min`, `5 h`, `2 d`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${trim(ms / SECOND)} s`;
  if (ms < HOUR) return `${trim(ms / MINUTE)} min`;
  if (ms < DAY) return `${trim(ms / HOUR)} h`;
  return `${trim(ms / DAY)} d`;
}

const units: readonly (readonly [name: string, seconds: number])[] = [
  ["d", DAY / SECOND],
  ["h", HOUR / SECOND],
  ["min", MINUTE / SECOND],
];

/** A span as it is typed, `90 s` or `1.5 h`, as the pattern of an input: what `parseSpan` reads. */
export const SPAN_PATTERN = String.raw`\s*\d+(\.\d+)?\s*(s|min|h|d)?\s*`;

/** Seconds of a typed span; without a unit it is in seconds. NaN when it is not one. */
export function parseSpan(text: string): number {
  const [, value, name] = /^\s*(\d+(?:\.\d+)?)\s*(s|min|h|d)?\s*$/.exec(text) ?? [];
  const seconds = units.find(([unit]) => unit === name)?.[1] ?? 1;
  return value === undefined ? Number.NaN : Number(value) * seconds;
}

/** Seconds as `parseSpan` reads them, exactly, in the largest unit that leaves no fraction. */
export function formatSpan(seconds: number): string {
  const [name, unit] = units.find(([, unit]) => seconds % unit === 0) ?? ["s", 1];
  return `${seconds / unit} ${name}`;
}

/** When that was, or is to be, seen from `now`: `just now`, `3 min ago`, `in 2 h`. */
export function formatRelative(atMs: number, nowMs: number): string {
  const away = Math.abs(nowMs - atMs);
  if (away < 2 * SECOND) return "just now";
  const span = formatDuration(Math.floor(away / unitOf(away)) * unitOf(away));
  return atMs > nowMs ? `in ${span}` : `${span} ago`;
}

/** The instant in full, in the reader's zone and in UTC: what a log line can be compared with. */
export function formatInstant(at: Date): string {
  const local = at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
  return `${local} (${at.toISOString()})`;
}

function unitOf(ms: number): number {
  return [DAY, HOUR, MINUTE, SECOND].find((unit) => ms >= unit) ?? 1;
}

function trim(value: number): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}
