import { performance } from "node:perf_hooks";
import { Agent, errors, request } from "undici";
import { ForbiddenTarget, guardedConnector, type Resolve } from "#core/delivery/address-guard.ts";
import { signatureHeaderNames, signatureHeaders } from "#core/delivery/signature-headers.ts";
import type { Signing } from "#core/delivery/signing.ts";
import { traceHeaders, type TraceContext } from "#core/trace-context.ts";

/** Why an attempt failed, in Hook0's words (4.2). `E_HTTP` is any answer but a 2xx. */
type ErrorName =
  | "E_UNKNOWN"
  | "E_INVALID_HEADER"
  | "E_INVALID_TARGET"
  | "E_DNS"
  | "E_CONNECTION"
  | "E_TIMEOUT"
  | "E_HTTP";

/** One HTTP request to make. */
export interface Outgoing {
  readonly event_id: string;
  readonly event_type_name: string;
  readonly payload: Buffer;
  readonly payload_content_type: string;
  readonly secret: string;
  /** Null for Hook0's form alone, with that secret alone. */
  readonly signing: Signing | null;
  /** To be passed on; null when there is none or the subscription does not ask for it. */
  readonly trace?: TraceContext | null;
  readonly target_method: string;
  readonly target_url: string;
  readonly target_headers: Readonly<Record<string, string>>;
  /** The subscription's own, in place of the sender's. */
  readonly timeout_seconds: number | null;
}

/** What came of it. `errorName` is null exactly when the endpoint answered a 2xx. */
export interface Answer {
  readonly errorName: ErrorName | null;
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>> | null;
  /** At most 64 KiB of the answer's body, or the error's text when there was no answer. */
  readonly body: Buffer | null;
  readonly elapsedMs: number;
}

export interface Sender {
  send(outgoing: Outgoing, signedAt: Date): Promise<Answer>;
  close(): Promise<void>;
}

export interface SenderOptions {
  /** From the start of the request to the end of the answer's body. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  /** False lets targets be on this machine or a private network (`DISABLE_TARGET_IP_CHECK`). */
  readonly publicTargetsOnly: boolean;
  readonly resolve?: Resolve;
}

const RESPONSE_BODY_BYTES_MAX = 64 * 1024;
const USER_AGENT = "Columba/1";

/** Makes signed requests over kept-alive connections. `send` never rejects: every failure is an answer to record. */
export function createSender(options: SenderOptions): Sender {
  const agent = new Agent({
    connect: options.publicTargetsOnly
      ? guardedConnector({
          timeoutMs: options.connectTimeoutMs,
          ...(options.resolve && { resolve: options.resolve }),
        })
      : { timeout: options.connectTimeoutMs },
    // The deadline below bounds the whole exchange; undici's own timers are coarser and bound its parts.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  return {
    close: () => agent.destroy(),
    async send(outgoing, signedAt) {
      const startedMs = performance.now();
      const timeoutMs =
        outgoing.timeout_seconds === null ? options.timeoutMs : outgoing.timeout_seconds * 1_000;
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(new errors.HeadersTimeoutError()), timeoutMs);
      const elapsedMs = () => Math.round(performance.now() - startedMs);
      try {
        const response = await request(outgoing.target_url, {
          dispatcher: agent,
          method: outgoing.target_method,
          headers: headersOf(outgoing, signedAt),
          body: outgoing.payload,
          signal: deadline.signal,
        });
        const status = response.statusCode;
        const body = await readSome(response.body);
        const errorName = status >= 200 && status < 300 ? null : "E_HTTP";
        return { errorName, status, headers: flatten(response.headers), body, elapsedMs: elapsedMs() };
      } catch (error) {
        const body = Buffer.from(error instanceof Error ? error.message : String(error));
        return { errorName: classify(error), status: null, headers: null, body, elapsedMs: elapsedMs() };
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** The subscription's headers, then ours, then the signatures; Hook0's is over all of them (Hook0 4.2, 4.3). */
function headersOf(outgoing: Outgoing, signedAt: Date): Record<string, string> {
  const signed = new Map<string, string>();
  for (const [name, value] of Object.entries(outgoing.target_headers)) signed.set(name.toLowerCase(), value);
  // Proxies on the way rewrite trace context, so that it is not signed.
  const unsigned = outgoing.trace ? traceHeaders(outgoing.trace) : {};
  for (const name of [...signatureHeaderNames(outgoing.signing), ...Object.keys(unsigned)])
    signed.delete(name);
  signed.set("content-type", contentTypeOf(outgoing.payload_content_type));
  signed.set("x-event-id", outgoing.event_id);
  signed.set("x-event-type", outgoing.event_type_name);
  const signatures = signatureHeaders(outgoing, signedAt, signed);
  const headers: Record<string, string> = { ...unsigned, ...signatures, "user-agent": USER_AGENT };
  // Node writes header text as Latin-1: this makes the bytes on the wire the UTF-8 bytes that were signed.
  for (const [name, value] of signed) headers[name] = Buffer.from(value).toString("latin1");
  return headers;
}

/** A binary payload is stored and sent decoded, so it is labelled as what it is (Hook0 11.1 defect 11 is not copied). */
function contentTypeOf(payloadContentType: string): string {
  return payloadContentType.replace("+base64", "");
}

/** The first bytes of a body; the rest is not read. A body that breaks off leaves what had come. */
async function readSome(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= RESPONSE_BODY_BYTES_MAX) break;
    }
  } catch {
    // The status has come, and it alone decides (Hook0 4.2).
  }
  return Buffer.concat(chunks).subarray(0, RESPONSE_BODY_BYTES_MAX);
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}

const timeoutCodes = new Set(["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "ETIMEDOUT"]);

function classify(error: unknown): ErrorName {
  if (error instanceof ForbiddenTarget) return "E_INVALID_TARGET";
  if (!(error instanceof Error)) return "E_UNKNOWN";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (timeoutCodes.has(code)) return "E_TIMEOUT";
  if (code === "ENOTFOUND" || code.startsWith("EAI_")) return "E_DNS";
  if (code === "ERR_INVALID_URL") return "E_INVALID_TARGET";
  if (code === "UND_ERR_INVALID_ARG")
    return /header/.test(error.message) ? "E_INVALID_HEADER" : "E_INVALID_TARGET";
  return code === "" ? "E_UNKNOWN" : "E_CONNECTION";
}
