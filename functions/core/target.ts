import { validateHeaderName, validateHeaderValue } from "node:http";
import { isIP } from "node:net";
import * as v from "valibot";
import { isPublicAddress, isWebPort } from "#core/delivery/address-guard.ts";
import { Problem } from "#core/problem.ts";
import { jsonObject, text } from "#core/schema.ts";

/** Headers that delivery sets itself or that belong to one hop of the connection: a subscription cannot have them. */
const reserved = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const HeaderName = v.pipe(
  text(1, 500),
  v.check((name) => passes(() => validateHeaderName(name)), "must be an HTTP header name"),
  v.check((name) => !reserved.has(name.toLowerCase()), "is a header that a subscription cannot set"),
);

const HeaderValue = v.pipe(
  text(0, 500),
  v.check((value) => passes(() => validateHeaderValue("x", value)), "must be an HTTP header value"),
  v.transform((value) => value.trim()),
);

/** Where the events of a subscription go (Hook0 1.4). */
export const Target = v.object({
  type: v.literal("http"),
  method: v.picklist(["GET", "PATCH", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"]),
  url: v.pipe(
    text(1, 1000),
    v.check((url) => {
      const parsed = URL.parse(url);
      return (parsed?.protocol === "http:" || parsed?.protocol === "https:") && parsed.hostname !== "";
    }, "must be an http or https URL with a host"),
    v.check((url) => {
      const parsed = URL.parse(url);
      return !parsed?.username && !parsed?.password;
    }, "must not contain credentials: use a header"),
  ),
  headers: v.pipe(
    jsonObject(HeaderName, HeaderValue),
    v.check((headers) => Object.keys(headers).length <= 10, "must have 0 to 10 entries"),
    v.check((headers) => {
      const names = Object.keys(headers).map((name) => name.toLowerCase());
      return new Set(names).size === names.length;
    }, "must not repeat a name"),
  ),
});

/**
 * Throws Validation when the target is an address on no public network, this machine by name, or on a port that is
 * not the web's. What other names resolve to is judged at each delivery: it may change, and a name that does not resolve
 * today may tomorrow.
 */
export function requirePublicTarget(url: string): void {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const isLocal = host === "localhost" || host.endsWith(".localhost");
  if (isLocal || (isIP(host) !== 0 && !isPublicAddress(host)))
    throw refusal("public_target", "must not be on a private network or this machine");
  if (!isWebPort(port))
    throw refusal("web_port", "must be on port 80, 443 or one above 1023 that is no other service's");
}

function refusal(code: string, message: string): Problem {
  return new Problem("Validation", `target.url: ${message}`, {
    target: { url: [{ code, message, params: {} }] },
  });
}

function passes(validate: () => void): boolean {
  try {
    validate();
    return true;
  } catch {
    return false;
  }
}
