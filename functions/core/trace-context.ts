import { randomBytes } from "node:crypto";
import { parseTraceParent, TraceState } from "@opentelemetry/core";

/** The headers `traceparent` and `tracestate` (W3C Trace Context). */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate: string | null;
}

/** Sampled and random, the flags that are defined; others must not be passed on. */
const FLAGS_KNOWN = 0x03;

/**
 * The trace context of a request; null when its `traceparent` is missing or invalid, which the standard says to ignore.
 * Members of `tracestate` that are invalid, or beyond 32 of them or 512 characters, are left out.
 */
export function readTraceContext(
  traceparent: string | undefined,
  tracestate: string | undefined,
): TraceContext | null {
  const span = traceparent === undefined ? null : parseTraceParent(traceparent);
  if (!span) return null;
  const state = new TraceState(tracestate).serialize();
  return {
    traceparent: format(span.traceId, span.spanId, span.traceFlags),
    tracestate: state === "" ? null : state,
  };
}

/** The headers for one request to an endpoint: the same trace, and a span of the request's own. */
export function traceHeaders({ traceparent, tracestate }: TraceContext): Record<string, string> {
  const span = parseTraceParent(traceparent);
  if (!span) return {};
  const spanId = randomBytes(8).toString("hex");
  return {
    traceparent: format(span.traceId, spanId, span.traceFlags),
    ...(tracestate !== null && { tracestate }),
  };
}

/** By what the logs name the trace; undefined without one. */
export const traceIdOf = (trace: TraceContext | null): string | undefined => trace?.traceparent.split("-")[1];

const format = (traceId: string, spanId: string, flags: number) =>
  `00-${traceId}-${spanId}-${(flags & FLAGS_KNOWN).toString(16).padStart(2, "0")}`;
