import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";

const require = createRequire(import.meta.url);
const functions = fileURLToPath(new URL("../../../functions", import.meta.url));
const credentials = fileURLToPath(new URL("lambda-credentials.js", import.meta.url));
const undici = fileURLToPath(new URL("undici.js", import.meta.url));

/** Leaves out of the bundles what their functions never reach and esbuild cannot know it. */
export const dropUnusedPlugin: Plugin = {
  name: "drop-unused",
  setup(build) {
    // Our modules do nothing when they are loaded but define: what a function does not call, it does not carry.
    build.onResolve({ filter: /^#(core|functions)\// }, ({ path }) => ({
      path: join(functions, path.replace("#core/", "core/").replace("#functions/", "")),
      sideEffects: false,
    }));
    build.onResolve({ filter: /^undici$/ }, () => ({ path: undici, sideEffects: false }));
    // An experimental parser that undici uses when an environment variable says so: 150 kB.
    build.onLoad({ filter: /undici[\\/]lib[\\/]milo[\\/]/ }, () => ({ contents: "module.exports = {};" }));
    // Its parser without SIMD, for processors that have none: 70 kB.
    build.onLoad({ filter: /undici[\\/]lib[\\/]llhttp[\\/]llhttp-wasm\.js$/ }, () => ({
      contents: "module.exports = undefined;",
    }));
    // Only for pino's transports, which run in worker threads; we log to stdout.
    build.onLoad({ filter: /[\\/]node_modules[\\/]thread-stream[\\/]/ }, () => ({
      contents: "module.exports = undefined;",
    }));
    // The types of attachments, of which our mail has none: 75 kB. And the addresses of well-known SMTP services.
    build.onLoad({ filter: /nodemailer[\\/].*[\\/]mime-funcs[\\/]mime-types\.js$/ }, () => ({
      contents:
        "export const detectExtension = () => 'bin', detectMimeType = () => 'application/octet-stream';",
    }));
    build.onLoad({ filter: /nodemailer[\\/].*[\\/]well-known[\\/]services\.js$/ }, () => ({
      contents: "export const services = {};",
    }));
    // A Lambda has no home folder with a password file in it.
    build.onLoad({ filter: /[\\/]node_modules[\\/]pgpass[\\/]/ }, () => ({
      contents: "module.exports = (connection, done) => done();",
    }));
    // Each client registers a class for every error of its service. Without them an error is the service's general one,
    // and tells its name and message all the same.
    build.onLoad({ filter: /@aws-sdk[\\/]client-.*[\\/]schemas_0\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replaceAll(/^\w+\.registerError\(.*\);$/gm, ""),
    }));
    // A Lambda's credentials are in its environment; the chain of every other source is 130 kB.
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({ path: credentials }));
    // The package says `"sideEffects": "false"`, a string, which counts as true. Without it the other functions carry it.
    build.onResolve({ filter: /biscuit_bg\.(js|wasm)$/ }, ({ path, resolveDir }) => ({
      path: require.resolve(path, { paths: [resolveDir] }),
      sideEffects: false,
    }));
  },
};
