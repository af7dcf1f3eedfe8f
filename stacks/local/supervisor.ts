import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const RESTART_DELAY_MS = 200;
const STOP_TIMEOUT_MS = 8_000;

export interface Child {
  /** Process id of the present incarnation. */
  readonly pid: () => number | undefined;
  stop(): Promise<void>;
}

/**
 * Runs a module of this folder as a process of its own to its end and returns the `result` that it sent. Throws with the
 * `problem` that it sent instead, or when it sent nothing.
 */
export async function runChild<Result>(name: string, environment: NodeJS.ProcessEnv): Promise<Result> {
  const child = forkModule(name, environment);
  let message: { readonly result?: Result; readonly problem?: string } = {};
  child.once("message", (sent) => (message = sent as typeof message));
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  if (message.result !== undefined) return message.result;
  throw new Error(message.problem ?? `${name} ended with ${code ?? signal}`);
}

const forkModule = (name: string, environment: NodeJS.ProcessEnv): ChildProcess =>
  fork(fileURLToPath(new URL(`${name}.ts`, import.meta.url)), { env: environment });

/**
 * Runs a module of this folder as a process of its own and resolves when it reports that it is ready. A child that dies
 * later is started again, as Lambda would; one that dies before it was ever ready rejects.
 */
export async function startChild(name: string, environment: NodeJS.ProcessEnv): Promise<Child> {
  let child: ChildProcess;
  let isStopping = false;

  const start = async (): Promise<void> => {
    child = forkModule(name, environment);
    const ready = Promise.withResolvers<void>();
    child.once("message", () => ready.resolve());
    child.once("error", ready.reject);
    child.once("exit", (code, signal) => ready.reject(new Error(`${name} ended with ${code ?? signal}`)));
    await ready.promise;
    child.once("exit", () => void restart());
  };
  const restart = async (): Promise<void> => {
    if (isStopping) return;
    await sleep(RESTART_DELAY_MS);
    if (!isStopping) await start().catch(restart);
  };

  await start();
  return {
    pid: () => child.pid,
    async stop() {
      isStopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}
