import type { KeyObject } from "node:crypto";
import { LRUCache } from "lru-cache";

const keys = new LRUCache<string, KeyObject>({ max: 10_000 });

/** The key that a secret's text stands for. Making one costs more than signing with it. */
export function keyOf(secret: string, make: (secret: string) => KeyObject): KeyObject {
  const known = keys.get(secret);
  if (known) return known;
  const key = make(secret);
  keys.set(secret, key);
  return key;
}
