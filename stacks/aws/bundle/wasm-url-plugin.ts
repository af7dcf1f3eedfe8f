import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

const wasmUrl = /new URL\(\s*("[^"]+\.wasm"),\s*import\.meta\.url,?\s*\)/g;

/** Turns `new URL("….wasm", import.meta.url)` into an import, so that the file is put beside the bundle that uses it. */
export const wasmUrlPlugin: Plugin = {
  name: "wasm-url",
  setup(build) {
    build.onLoad({ filter: /[\\/]functions[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const imports: string[] = [];
      const contents = source.replace(wasmUrl, (_, file: string) => {
        const name = `wasmFile${imports.length}`;
        imports.push(`import ${name} from ${file};`);
        return `new URL(${name}, import.meta.url)`;
      });
      return { contents: [contents, ...imports].join("\n"), loader: "ts" };
    });
  },
};
