import { createHmac, createSecretKey } from "node:crypto";
import { keyOf } from "#core/delivery/key-cache.ts";

/**
 * The value of `X-Hook0-Signature`, version 1 (Hook0 4.3): HMAC-SHA256 under the secret's text over the second of
 * signing, the names and values of every header in `headers`, and the body.
 * @param headers lower-case names to values, exactly as sent
 */
export function signHook0(
  secret: string,
  signedAt: Date,
  headers: ReadonlyMap<string, string>,
  body: Uint8Array,
): string {
  const seconds = Math.floor(signedAt.getTime() / 1_000);
  const sorted = [...headers].toSorted(([left], [right]) => (left < right ? -1 : 1));
  const names = sorted.map(([name]) => name).join(" ");
  const values = sorted.map(([, value]) => value).join(".");
  const code = createHmac("sha256", keyOf(secret, keyOfText))
    .update(`${seconds}.${names}.${values}.`)
    .update(body)
    .digest("hex");
  return `t=${seconds},h=${names},v1=${code}`;
}

const keyOfText = (secret: string) => createSecretKey(secret, "utf8");
