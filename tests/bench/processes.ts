import { execFileSync, fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

const STACK_PROCESSES = ["main", "queue", "api", "workers", "postgres"] as const;
export type StackProcess = (typeof STACK_PROCESSES)[number];

interface Server extends Disposable {
  readonly url: string;
  readonly process: ChildProcess;
}

/** Runs a server of this folder in a process of its own. */
export async function startServer(name: "receiver" | "no-op" | "sqs"): Promise<Server> {
  const child = fork(fileURLToPath(new URL(`${name}.ts`, import.meta.url)));
  const [{ address }] = (await once(child, "message")) as [{ address: AddressInfo }];
  return {
    url: `http://127.0.0.1:${address.port}`,
    process: child,
    [Symbol.dispose]: () => void child.kill(),
  };
}

export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
}

/** A process and all below it. */
export function processTree(root: number): RunningProcess[] {
  const all = execFileSync("ps", ["-axo", "pid=,ppid=,args="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line): RunningProcess => {
      const [, pid, parent, command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return { pid: Number(pid), parent: Number(parent), name: nameOf(command) };
    });
  const below = (pid: number): RunningProcess[] =>
    all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)]);
  return [...all.filter(({ pid }) => pid === root), ...below(root)];
}

function nameOf(command: string): string {
  const [, module] = /stacks\/local\/([a-z]+)\.ts/.exec(command) ?? [];
  return module ?? (command.includes("postgres") ? "postgres" : command);
}

/**
 * Memory in MB: resident, and the same with pages that processes share counted once, where the system tells. Zero of a
 * process that has ended meanwhile.
 */
export function memoryOf(pid: number): { residentMb: number; sharedOnceMb: number } {
  try {
    const resident =
      Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;
    return { residentMb: resident, sharedOnceMb: proportionalMb(pid) ?? resident };
  } catch {
    return { residentMb: 0, sharedOnceMb: 0 };
  }
}

function proportionalMb(pid: number): number | null {
  const file = `/proc/${pid}/smaps_rollup`;
  const [, size] = existsSync(file) ? (/^Pss:\s+(\d+)/m.exec(readFileSync(file, "utf8")) ?? []) : [];
  return size ? Number(size) / 1024 : null;
}

/**
 * Processor time used so far, in ms, by a process and by those of its children that have ended: what a whole tree has used
 * never falls. Zero of a process that has ended, and where there is no /proc.
 */
function cpuMs(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    const [user, system, usersOfEnded, systemOfEnded] = fields.slice(11, 15).map(Number);
    return ((user ?? 0) + (system ?? 0) + (usersOfEnded ?? 0) + (systemOfEnded ?? 0)) * 10;
  } catch {
    return 0;
  }
}

/** Processor time used so far by the stack's processes, in ms by their name, the load generator and the rest left out. */
export function stackCpuMs(root: number): Map<StackProcess, number> {
  const used = new Map<StackProcess, number>(STACK_PROCESSES.map((name) => [name, 0]));
  for (const { pid, name } of stackProcesses(root)) used.set(name, (used.get(name) ?? 0) + cpuMs(pid));
  return used;
}

/** The processes below this one that make up a stack, Postgres among them. */
export const stackProcesses = (root: number): (RunningProcess & { readonly name: StackProcess })[] =>
  processTree(root).filter((running): running is RunningProcess & { readonly name: StackProcess } =>
    (STACK_PROCESSES as readonly string[]).includes(running.name),
  );
