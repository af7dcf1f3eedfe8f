import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { dropUnusedPlugin } from "./drop-unused-plugin.ts";
import { wasmUrlPlugin } from "./wasm-url-plugin.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

const FUNCTION_NAMES = ["api", "delivery", "scheduler", "migrate"] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** Where `npm run build` puts the bundles and where the stacks take them from. */
export const BUNDLES_FOLDER = join(root, ".build");

/** CommonJS packages in an ES module bundle ask for these. */
const COMMONJS_GLOBALS = `
import { createRequire as __createRequire } from "node:module";
import { dirname as __dirnameOf } from "node:path";
import { fileURLToPath as __fileURLToPath } from "node:url";
const require = __createRequire(import.meta.url);
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
`.replaceAll("\n", " ");

/**
 * Bundles each function into `<folder>/<name>/handler.mjs`, with its source map and the files that it reads beside it.
 * What results needs no node_modules and runs on any machine with Node 24.
 */
export async function bundleFunctions(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await Promise.all(FUNCTION_NAMES.map((name) => bundleFunction(name, join(folder, name))));
  await cp(join(root, "migrations"), join(folder, "migrate/migrations"), { recursive: true });
}

async function bundleFunction(name: FunctionName, folder: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: { handler: `functions/${name}/handler.ts` },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node24",
    mainFields: ["module", "main"],
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    banner: { js: COMMONJS_GLOBALS },
    assetNames: "[name]",
    loader: { ".wasm": "file" },
    // Compiled part of pg that nobody installs, and converters for schema libraries that we do not use.
    external: ["pg-native", "zod", "zod/*", "@valibot/to-json-schema/*"],
    plugins: [wasmUrlPlugin, dropUnusedPlugin],
    logLevel: "error",
  });
}
