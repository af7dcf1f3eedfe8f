import wasmUrl from "../../../../node_modules/@biscuit-auth/biscuit-wasm/module/biscuit_bg.wasm?url";
// The package's entry imports the .wasm file as a module; this file of it is the whole API without that import.
// @ts-expect-error -- the package types its entry only
import * as glue from "../../../../node_modules/@biscuit-auth/biscuit-wasm/module/biscuit_bg.js";
import type * as BiscuitApi from "@biscuit-auth/biscuit-wasm";
import { checksOf, type Limits } from "../../lib/token-limits.ts";

let loading: Promise<typeof BiscuitApi> | undefined;

/** A copy of the token that can do less, made in the browser: the token never leaves it. */
export async function attenuate(biscuit: string, publicKeyHex: string, limits: Limits): Promise<string> {
  const api = await (loading ??= load());
  const root = api.PublicKey.fromString(publicKeyHex, api.SignatureAlgorithm.Ed25519);
  const token = api.Biscuit.fromBase64(biscuit, root);
  const block = new api.BlockBuilder();
  for (const check of checksOf(limits)) block.addCode(check);
  return token.appendBlock(block).toBase64();
}

async function load(): Promise<typeof BiscuitApi> {
  const { instance } = await WebAssembly.instantiateStreaming(fetch(wasmUrl), {
    "./biscuit_bg.js": { ...glue, ...clocks() },
    ...snippets(),
  });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports as { __wbindgen_start(): void }).__wbindgen_start();
  return glue as typeof BiscuitApi;
}

function clocks() {
  return { performance_now: () => performance.now() };
}

function snippets() {
  return {};
}
