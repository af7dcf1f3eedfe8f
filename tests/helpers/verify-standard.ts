import { createPublicKey, verify, type KeyObject } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";

interface Request {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Whether both libraries accept the request under the secret. Throws when they disagree. */
export function verifyStandard(request: Request, secret: string): boolean {
  const headers = request.headers as Record<string, string>;
  const [standard, svix] = [StandardWebhook, SvixWebhook].map((Webhook) =>
    succeeds(() => new Webhook(secret).verify(request.body, headers)),
  );
  if (standard !== svix) throw new Error(`standardwebhooks: ${standard}, svix: ${svix}`);
  return standard === true;
}

/** Whether a `v1a` entry of the request verifies. */
export function verifyStandardEd25519({ headers, body }: Request, key: KeyObject): boolean {
  const [id, seconds] = [String(headers["webhook-id"]), String(headers["webhook-timestamp"])];
  const message = Buffer.concat([Buffer.from(`${id}.${seconds}.`), body]);
  return String(headers["webhook-signature"])
    .split(" ")
    .map((entry) => entry.split(","))
    .some(
      ([version, code = ""]) => version === "v1a" && verify(null, message, key, Buffer.from(code, "base64")),
    );
}

/** A key object of the 32 bytes of a public key. */
export function ed25519KeyOf(bytes: Buffer): KeyObject {
  return createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: bytes.toString("base64url") },
    format: "jwk",
  });
}

function succeeds(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
