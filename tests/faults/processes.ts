import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { ProcessName } from "./plan.ts";

const run = promisify(execFile);

/** Sends a signal to the present incarnation of one of the stack's processes, when there is one again. */
export async function signalChild(
  stackPid: number,
  name: ProcessName,
  signal: NodeJS.Signals,
): Promise<void> {
  for (;;) {
    const { stdout } = await run("ps", ["-eo", "pid=,ppid=,args="]);
    const line = stdout.split("\n").find((text) => {
      const [, parent] = text.trim().split(/\s+/);
      return Number(parent) === stackPid && text.includes(`/local/${name}.ts`);
    });
    if (line) return void process.kill(Number(line.trim().split(/\s+/)[0]), signal);
    await sleep(50);
  }
}

/** The process of the Postgres server on this folder; 0 when there is none. */
export async function postgresPid(folder: string): Promise<number> {
  const text = await readFile(join(folder, "data/postmaster.pid"), "utf8").catch(() => "");
  return Number(text.split("\n")[0]);
}

/** Sends a signal to the Postgres server on this folder, when there is one. */
export async function signalPostgres(folder: string, signal: NodeJS.Signals): Promise<void> {
  const pid = await postgresPid(folder);
  if (pid > 0) process.kill(pid, signal);
}
