import { App, type AppProps } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createColumbaStack, type ColumbaOptions } from "../../stacks/aws/columba-stack.ts";

/** Folders as a build leaves them. A template knows their hashes only, so that files of a line will do. */
function builtFolders() {
  const folder = mkdtempSync(join(tmpdir(), "columba-stacks-"));
  for (const name of ["api", "delivery", "scheduler", "migrate", "web/assets"]) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "handler.mjs"), `export const handler = "${name}";`);
  }
  writeFileSync(join(folder, "web/index.html"), "<!doctype html>");
  return { bundlesFolder: folder, webFolder: join(folder, "web") };
}

/** The template of a stage. */
export function synthesise(options: Pick<ColumbaOptions, "stageName"> & Partial<ColumbaOptions>): Template {
  const built = builtFolders();
  const props: AppProps = { analyticsReporting: false, outdir: join(built.bundlesFolder, "cdk.out") };
  try {
    return Template.fromStack(createColumbaStack(new App(props), { ...built, ...options }));
  } finally {
    rmSync(built.bundlesFolder, { recursive: true });
  }
}
