import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";

// Standard Webhooks does not say what `whsk_` holds; as Svix has it: the 32 bytes of the seed, then those of the public
// key.
const PREFIX = "whsk_";
const SEED_BYTES = 32;

/** A new key pair as `whsk_` text. */
export function generateKeyPair(): string {
  const { d = "", x = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const bytes = Buffer.concat([Buffer.from(d, "base64url"), Buffer.from(x, "base64url")]);
  return PREFIX + bytes.toString("base64");
}

/** Throws when the text is not a key pair's. */
export function privateKeyOf(keyPair: string): KeyObject {
  const d = bytesOf(keyPair).subarray(0, SEED_BYTES).toString("base64url");
  const x = publicKeyOf(keyPair).toString("base64url");
  return createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", d, x }, format: "jwk" });
}

/** The 32 bytes of the public key. */
export function publicKeyOf(keyPair: string): Buffer {
  return bytesOf(keyPair).subarray(SEED_BYTES);
}

function bytesOf(keyPair: string): Buffer {
  return Buffer.from(keyPair.slice(PREFIX.length), "base64");
}
