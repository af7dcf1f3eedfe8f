import type { Serializable } from "node:child_process";

/**
 * Tells the supervisor that this process is ready, with what it wants to say. The process ends when told to, or when
 * the supervisor has gone, however that came about.
 */
export function reportReady(stop: () => Promise<void>, message: Serializable = {}): void {
  let isStopping = false;
  const end = () => {
    if (isStopping) return;
    isStopping = true;
    void stop().finally(() => process.exit(0));
  };
  process.on("disconnect", end);
  process.on("SIGTERM", end);
  // Ctrl-C reaches the whole process group; the supervisor decides the order of stopping.
  process.on("SIGINT", () => {});
  process.send?.(message);
}
