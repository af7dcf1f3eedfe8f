import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { LRUCache } from "lru-cache";

/** Making a key costs more than signing with it. */
const keys = new LRUCache<string, KeyObject>({ max: 10_000 });

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
  const code = createHmac("sha256", keyOf(secret))
    .update(`${seconds}.${names}.${values}.`)
    .update(body)
    .digest("hex");
  return `t=${seconds},h=${names},v1=${code}`;
}

function keyOf(secret: string): KeyObject {
  const known = keys.get(secret);
  if (known) return known;
  const key = createSecretKey(secret, "utf8");
  keys.set(secret, key);
  return key;
}
