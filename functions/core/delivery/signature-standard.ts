import { createHmac, createSecretKey, sign } from "node:crypto";
import { keyOf } from "#core/delivery/key-cache.ts";
import { privateKeyOf } from "#core/ed25519.ts";

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
  const key = keyOf(secret, keyOfBase64);
  const code = createHmac("sha256", key).update(prefixOf(content)).update(content.body).digest("base64");
  return `v1,${code}`;
}

/** An entry of `webhook-signature` by Ed25519. @param keyPair `whsk_` text */
export function signStandardEd25519(keyPair: string, content: SignedContent): string {
  const key = keyOf(keyPair, privateKeyOf);
  const message = Buffer.concat([Buffer.from(prefixOf(content)), content.body]);
  return `v1a,${sign(null, message, key).toString("base64")}`;
}

const prefixOf = ({ id, seconds }: SignedContent) => `${id}.${seconds}.`;

const keyOfBase64 = (secret: string) => createSecretKey(secret.slice("whsec_".length), "base64");
