import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { buildDashboard, DASHBOARD_FOLDER } from "../../stacks/local/dashboard-build.ts";

/** What a first visit may fetch before the page can be used. */
const FIRST_LOAD_BYTES_MAX = 60 * 1_024;
const STYLES_BYTES_MAX = 12 * 1_024;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

const gzipBytes = async (file: string) =>
  gzipSync(await readFile(join(DASHBOARD_FOLDER, file)), { level: 9 }).length;

test.each([
  "account/Login",
  "application/ApplicationOverview",
  "attempts/AttemptList",
  "attempts/AttemptDetail",
])("a first visit to %s stays within the budget", { timeout: 60_000 }, async (page) => {
  await buildDashboard();
  const manifest = JSON.parse(
    await readFile(join(DASHBOARD_FOLDER, ".vite/manifest.json"), "utf8"),
  ) as Record<string, Chunk>;
  const files = new Set<string>();
  const styles = new Set<string>();
  const collect = (name: string) => {
    const chunk = manifest[name];
    if (!chunk || files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const style of chunk.css ?? []) styles.add(style);
    for (const imported of chunk.imports ?? []) collect(imported);
  };
  collect("index.html");
  collect(`src/pages/${page}.tsx`);
  expect(files.size).toBeGreaterThan(1);
  const sizes = await Promise.all([...files, "theme.js"].map(gzipBytes));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(10 * 1_024);
  expect(total).toBeLessThanOrEqual(FIRST_LOAD_BYTES_MAX);
  const styleSizes = await Promise.all([...styles].map(gzipBytes));
  expect(styleSizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(STYLES_BYTES_MAX);
});

test("what a rare page needs is not in the first load: Biscuit comes with attenuation only", async () => {
  await buildDashboard();
  const manifest = JSON.parse(
    await readFile(join(DASHBOARD_FOLDER, ".vite/manifest.json"), "utf8"),
  ) as Record<string, { isDynamicEntry?: boolean }>;
  expect(manifest["src/pages/organization/attenuation.ts"]?.isDynamicEntry).toBe(true);
});
