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
