import { setTimeout as sleep } from "node:timers/promises";
import { cpuMs, memoryOf, processTree } from "../processes.ts";
import type { Part } from "./part.ts";

const PROCESSES = ["main", "queue", "api", "workers", "postgres"];
const IDLE_SECONDS = 12;

/** What the stack takes when nothing happens, Postgres included. */
export const idlePart: Part = async () => {
  // Postgres runs under the bench itself.
  const own = processTree(process.pid).filter(({ name }) => PROCESSES.includes(name));
  await sleep(3_000);
  const before = own.map(({ pid }) => cpuMs(pid));
  await sleep(IDLE_SECONDS * 1_000);
  const usedMs = own.map(({ pid }, index) => Math.max(0, cpuMs(pid) - (before[index] ?? 0)));
  const percent = usedMs.reduce((sum, used) => sum + used, 0) / (IDLE_SECONDS * 10);
  const memory = own.map(({ pid, name }) => ({ name, ...memoryOf(pid) }));
  const residentMb = memory.reduce((sum, part) => sum + part.residentMb, 0);
  const sharedOnceMb = memory.reduce((sum, part) => sum + part.sharedOnceMb, 0);
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
      bar: "< 3 %",
      isMet: percent < 3,
    },
  ];
};
