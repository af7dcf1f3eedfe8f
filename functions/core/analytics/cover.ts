import type { Span } from "#core/analytics/rollup.ts";

interface Piece {
  readonly span: Span;
  readonly since: Date;
  readonly until: Date;
}

export interface Cover {
  /** Rolled up spans, each whole. */
  readonly pieces: readonly Piece[];
  /** What is to be read from the ledger; null when all has been rolled up. */
  readonly tail: { readonly since: Date; readonly until: Date } | null;
}

/** Spans of UTC: each day has 24 hours. */
export const SPAN_MS: Readonly<Record<Span, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};
const finer: Readonly<Record<Span, Span | null>> = { day: "hour", hour: "minute", minute: null };

/** Start of the minute, hour or day that the instant is in. */
export const startOf = (span: Span, instant: Date): Date =>
  new Date(Math.floor(instant.getTime() / SPAN_MS[span]) * SPAN_MS[span]);

const endOf = (span: Span, instant: Date): Date =>
  new Date(Math.ceil(instant.getTime() / SPAN_MS[span]) * SPAN_MS[span]);

/**
 * The fewest rollups, none coarser than that, which together with a part of the ledger cover a time exactly once. A day
 * or an hour exists once it has been rolled up whole; `since` is the start of a minute.
 */
export function cover(
  time: { readonly since: Date; readonly until: Date },
  rolledUpUntil: Date,
  coarsest: Span,
): Cover {
  const { since, until } = time;
  const rolledUp = startOf("minute", earlier(until, rolledUpUntil));
  const tailSince = since > rolledUp ? since : rolledUp;
  return {
    pieces: since < rolledUp ? split(since, rolledUp, coarsest) : [],
    tail: tailSince < until ? { since: tailSince, until } : null,
  };
}

function split(since: Date, until: Date, span: Span): Piece[] {
  if (since >= until) return [];
  const next = finer[span];
  if (next === null) return [{ span, since, until }];
  const first = endOf(span, since);
  const last = startOf(span, until);
  if (first >= last) return split(since, until, next);
  return [...split(since, first, next), { span, since: first, until: last }, ...split(last, until, next)];
}

const earlier = (one: Date, other: Date) => (one < other ? one : other);
