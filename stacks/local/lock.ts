import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commandOf } from "./process.ts";

/**
 * Takes a data folder for this process and returns how to give it back. Throws when another stack runs on it; one that
 * was killed holds nothing.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, "columba.pid");
  const holder = Number(await readFile(file, "utf8").catch(() => "0"));
  const command = holder && holder !== process.pid ? await commandOf(holder) : "";
  if (command.includes("main.ts")) {
    throw new Error(
      `another Columba (process ${holder}) runs on ${folder}: stop it, or set COLUMBA_DATA_DIR`,
    );
  }
  await writeFile(file, String(process.pid));
  return () => rm(file, { force: true });
}
