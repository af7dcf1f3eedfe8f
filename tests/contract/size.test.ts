import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import type { FunctionName } from "../../stacks/aws/bundle/bundle.ts";

const MIB = 1024 * 1024;
const bytesMax: Record<FunctionName, number> = {
  api: 4.5 * MIB,
  delivery: MIB,
  scheduler: MIB,
  migrate: MIB,
};

/** All that is uploaded but source maps, which are read only when there is a stack to print. */
async function codeBytes(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true });
  const sizes = files
    .filter((file) => !file.endsWith(".map"))
    .map(async (file) => (await stat(join(folder, file))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

test.each(Object.entries(bytesMax))("the %s bundle stays under %i bytes", async (name, max) => {
  expect(await codeBytes(join(inject("bundlesFolder"), name))).toBeLessThan(max);
});
