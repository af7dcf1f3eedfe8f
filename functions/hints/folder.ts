import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MinuteStore } from "#core/delivery/due-hints.ts";

/** Minutes as empty files, for functions on one machine. */
export function createFolderStore(folder: string): MinuteStore {
  const minutes = async () => {
    const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    return files.map(Number);
  };
  return {
    async add(added) {
      await mkdir(folder, { recursive: true });
      await Promise.all(added.map((minute) => writeFile(join(folder, String(minute)), "")));
    },
    async hasUpTo(limit) {
      return (await minutes()).some((minute) => minute <= limit);
    },
    async removeBelow(limit) {
      const past = (await minutes()).filter((minute) => minute < limit);
      await Promise.all(past.map((minute) => rm(join(folder, String(minute)), { force: true })));
    },
  };
}
