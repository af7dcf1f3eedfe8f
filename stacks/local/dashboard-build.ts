import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
const web = join(root, "web");
const vite = join(root, "node_modules/vite/bin/vite.js");

export const DASHBOARD_FOLDER = join(web, "dist");
/** Beside the build: a hash of what it was made from. */
const STAMP = "source-hash.txt";

/**
 * Builds the dashboard when it is not built, or its sources or packages have changed since. Two may ask at once: each
 * builds beside and moves the whole folder into place. Throws with the bundler's own words.
 */
export async function buildDashboard(): Promise<void> {
  const hash = await hashSources();
  const built = await readFile(join(DASHBOARD_FOLDER, STAMP), "utf8").catch(() => null);
  if (built === hash) return;
  const draft = await mkdtemp(join(web, "dist-"));
  try {
    await promisify(execFile)(
      process.execPath,
      [vite, "build", web, "--outDir", draft, "--logLevel", "error"],
      // Under tests NODE_ENV is another, and libraries would bring what is for developers.
      { cwd: root, env: { ...process.env, NODE_ENV: "production" } },
    );
    await writeFile(join(draft, STAMP), hash);
    await rm(DASHBOARD_FOLDER, { recursive: true, force: true });
    // The other one was faster: its folder is as good.
    await rename(draft, DASHBOARD_FOLDER).catch(() => undefined);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function hashSources(): Promise<string> {
  const entries = await readdir(web, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(join(web, "dist")))
    .sort();
  const hash = createHash("sha256");
  for (const file of [...files, join(root, "package-lock.json")]) {
    hash.update(file.slice(root.length)).update(await readFile(file));
  }
  return hash.digest("hex");
}
