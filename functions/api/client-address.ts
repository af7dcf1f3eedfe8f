import { createHash, timingSafeEqual } from "node:crypto";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

/**
 * The address of the client of a function URL's event. Behind a CDN, which proves itself by `originSecret`, it is the
 * one that the CDN saw, and null for a request that came past the CDN; without a CDN it is the peer's. No header is
 * believed unless the CDN has set it: it overwrites what a client sends in these two (`stacks/aws/cdn.ts`).
 */
export function clientAddressOf(
  { headers, requestContext }: Pick<APIGatewayProxyEventV2, "headers" | "requestContext">,
  originSecret: string | undefined,
): string | null {
  if (originSecret === undefined) return requestContext.http.sourceIp;
  if (!isSame(headers["x-origin-secret"] ?? "", originSecret)) return null;
  return headers["x-viewer-address"] ?? requestContext.http.sourceIp;
}

/** Compares in a time that tells nothing: digests are of one length. */
function isSame(given: string, secret: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
