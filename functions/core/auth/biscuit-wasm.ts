import { readFile } from "node:fs/promises";
import type * as BiscuitApi from "@biscuit-auth/biscuit-wasm";
// The package's entry imports the .wasm file as a module, which neither Node nor Lambda does; this file of it is the
// whole API without that import. Its `exports` hide it, so the path is relative.
// @ts-expect-error -- the package types its entry only
import * as glue from "../../../node_modules/@biscuit-auth/biscuit-wasm/module/biscuit_bg.js";

export type BiscuitWasm = typeof BiscuitApi;

const wasmUrl = new URL(
  "../../../node_modules/@biscuit-auth/biscuit-wasm/module/biscuit_bg.wasm",
  import.meta.url,
);
/** biscuit-wasm 0.6 leaks 16 to 21 kB a call even with free(); a new instance costs about 2 ms. */
const CALLS_PER_INSTANCE = 1_000;

interface BiscuitExports extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory;
  readonly __wbindgen_start: () => void;
}

/** Registers an object of biscuit-wasm to be freed when the call ends, and returns it. */
export type Own = <T extends { free(): void }>(object: T) => T;

/** Runs a function on biscuit-wasm. It must own all it makes and keep none of it: the memory is replaced now and then. */
export type WithBiscuit = <T>(use: (api: BiscuitWasm, own: Own) => T) => T;

let loading: Promise<WithBiscuit> | undefined;

/** The wasm module, with a way to call it whose memory stays bounded. One a process: the glue is bound to one. */
export function loadBiscuitWasm(): Promise<WithBiscuit> {
  return (loading ??= load());
}

async function load(): Promise<WithBiscuit> {
  const compiled = await WebAssembly.compile(await readFile(wasmUrl));
  const imports = importsOf(compiled);
  let instance = instantiate(compiled, imports);
  let calls = 0;

  const renew = () => {
    // Growing by nothing detaches the old buffer, which is how the glue notices that its cached views are stale.
    instance.memory.grow(0);
    instance = instantiate(compiled, imports);
    calls = 0;
  };

  return (use) => {
    if (++calls > CALLS_PER_INSTANCE) renew();
    const owned: { free(): void }[] = [];
    try {
      return use(glue as BiscuitWasm, (object) => (owned.push(object), object));
    } catch (error) {
      // A panic leaves the instance unusable.
      if (error instanceof WebAssembly.RuntimeError) calls = CALLS_PER_INSTANCE;
      throw error;
    } finally {
      for (const object of owned) free(object);
    }
  };
}

/** Frees an object unless a call has consumed it, which the glue marks with a null pointer. */
function free(object: { free(): void }): void {
  if ("__wbg_ptr" in object && object.__wbg_ptr !== 0) object.free();
}

function instantiate(compiled: WebAssembly.Module, imports: WebAssembly.Imports): BiscuitExports {
  const exports = new WebAssembly.Instance(compiled, imports).exports as BiscuitExports;
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  return exports;
}

/** The glue, less its logging: it greets on stdout at every start. */
function importsOf(compiled: WebAssembly.Module): WebAssembly.Imports {
  const imports: WebAssembly.Imports = { "./biscuit_bg.js": { ...glue } };
  for (const { module, name } of WebAssembly.Module.imports(compiled)) {
    const functions = (imports[module] ??= {});
    if (name === "performance_now") functions[name] = () => performance.now();
    if (name.startsWith("__wbg_log_")) functions[name] = () => {};
  }
  return imports;
}
