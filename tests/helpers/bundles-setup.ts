import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { bundleFunctions } from "../../stacks/aws/bundle/bundle.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Folder with each function's bundle, far from any node_modules. */
    bundlesFolder: string;
  }
}

/** Bundles the functions once for the run, as a deployment does. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "columba-bundles-"));
  await bundleFunctions(folder);
  project.provide("bundlesFolder", folder);
  return () => rm(folder, { recursive: true, force: true });
}
