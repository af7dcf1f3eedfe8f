import wasmUrl from "../../../../node_modules/@biscuit-auth/biscuit-wasm/module/biscuit_bg.wasm?url";
// The package's entry imports the .wasm file as a module; this file of it is the whole API without that import.
// @ts-expect-error -- the package types its entry only
import * as glue from "../../../../node_modules/@biscuit-auth/biscuit-wasm/module/biscuit_bg.js";
import type * as BiscuitApi from "@biscuit-auth/biscuit-wasm";
import { delegate } from "#core/auth/delegate.ts";
import type { TokenLimits } from "#core/auth/token-limits.ts";

let loading: Promise<typeof BiscuitApi> | undefined;

/** A copy of the token that can do less, made in the browser: the token never leaves it. */
export async function attenuate(token: string, publicKey: string, limits: TokenLimits): Promise<string> {
  return delegate(await (loading ??= load()), token, publicKey, limits);
}

async function load(): Promise<typeof BiscuitApi> {
  const compiled = await WebAssembly.compileStreaming(fetch(wasmUrl));
  const imports: WebAssembly.Imports = { "./biscuit_bg.js": { ...glue } };
  for (const { module, name } of WebAssembly.Module.imports(compiled)) {
    const functions = (imports[module] ??= {});
    if (name === "performance_now") functions[name] = () => performance.now();
    // It greets on the console.
    if (name.startsWith("__wbg_log_")) functions[name] = () => undefined;
  }
  const { exports } = await WebAssembly.instantiate(compiled, imports);
  glue.__wbg_set_wasm(exports);
  (exports as unknown as { __wbindgen_start(): void }).__wbindgen_start();
  return glue as typeof BiscuitApi;
}
