import { createHmac, createSecretKey, sign, type KeyObject } from "node:crypto";
import { LRUCache } from "lru-cache";
import { privateKeyOf } from "#core/ed25519.ts";

/** Making a key costs more than signing with it. */
const keys = new LRUCache<string, KeyObject>({ max: 10_000 });

/** What Standard Webhooks signs: the same for every key, `${id}.${seconds}.${body}`. */
export interface SignedContent {
  /** Without a dot, and the same for every attempt. */
  readonly id: string;
  /** Unix time of the attempt. */
  readonly seconds: number;
  readonly body: Uint8Array;
}

/** An entry of `webhook-signature` by HMAC-SHA256. @param secret `whsec_` text */
export function signStandard(secret: string, content: SignedContent): string {
  const key = keyOf(secret, () => createSecretKey(secret.slice("whsec_".length), "base64"));
  const code = createHmac("sha256", key).update(prefixOf(content)).update(content.body).digest("base64");
  return `v1,${code}`;
}

/** An entry of `webhook-signature` by Ed25519. @param keyPair `whsk_` text */
export function signStandardEd25519(keyPair: string, content: SignedContent): string {
  const key = keyOf(keyPair, () => privateKeyOf(keyPair));
  const message = Buffer.concat([Buffer.from(prefixOf(content)), content.body]);
  return `v1a,${sign(null, message, key).toString("base64")}`;
}

const prefixOf = ({ id, seconds }: SignedContent) => `${id}.${seconds}.`;

function keyOf(text: string, make: () => KeyObject): KeyObject {
  const known = keys.get(text);
  if (known) return known;
  const key = make();
  keys.set(text, key);
  return key;
}
