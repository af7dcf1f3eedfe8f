import { setTimeout as sleep } from "node:timers/promises";
import { memoryOf, stackCpuMs, stackProcesses } from "../processes.ts";
import type { Part } from "./part.ts";

const IDLE_SECONDS = 12;

/** What the stack takes when nothing happens, Postgres included. */
export const idlePart: Part = async () => {
  await sleep(3_000);
  // Postgres runs under the bench itself.
  const before = stackCpuMs(process.pid);
  await sleep(IDLE_SECONDS * 1_000);
  const percents = [...stackCpuMs(process.pid)].map(([name, usedMs]) => ({
    name,
    percent: (usedMs - (before.get(name) ?? 0)) / (IDLE_SECONDS * 10),
  }));
  const percent = percents.reduce((sum, part) => sum + part.percent, 0);
  const memory = stackProcesses(process.pid).map(({ pid, name }) => ({ name, ...memoryOf(pid) }));
  const residentMb = memory.reduce((sum, part) => sum + part.residentMb, 0);
  const sharedOnceMb = memory.reduce((sum, part) => sum + part.sharedOnceMb, 0);
  // Postgres' processes share nearly all that is resident of each.
  const nodes = memory
    .filter(({ name }) => name !== "postgres")
    .map(({ name, residentMb }) => `${name} ${Math.round(residentMb)}`);
  return [
    {
      what: "k. idle: memory of all processes (resident)",
      reached: `${Math.round(residentMb)} MB`,
      baseline: `shared pages once: ${Math.round(sharedOnceMb)} MB; ${nodes.join(", ")}`,
      bar: "<= 600 MB",
      isMet: residentMb <= 600,
    },
    {
      what: "k. idle: processor",
      reached: `${percent.toFixed(1)} % of a core`,
      baseline: percents.map((part) => `${part.name} ${part.percent.toFixed(1)}`).join(", "),
      bar: "< 3 %",
      isMet: percent < 3,
    },
  ];
};
