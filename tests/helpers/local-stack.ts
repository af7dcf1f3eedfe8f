import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LocalJson } from "../../stacks/local/stack.ts";
import { probePort } from "../../stacks/local/process.ts";

const main = fileURLToPath(new URL("../../stacks/local/main.ts", import.meta.url));

/** Starts the stack as `npm start` does, in a process of its own, and waits for its banner. Rejects if it ends first. */
export async function startLocalStack(folder: string, environment: NodeJS.ProcessEnv = {}) {
  const port = environment["PORT"] ?? String(await probePort(0));
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, ...environment, COLUMBA_DATA_DIR: folder, PORT: port },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  let output = "";
  const ready = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.includes("Ctrl-C stops everything")) ready.resolve();
    });
  }
  void exited.then(([code, signal]) => ready.reject(new Error(`ended with ${code ?? signal}: ${output}`)));
  await ready.promise;
  const local = JSON.parse(await readFile(join(folder, "local.json"), "utf8")) as LocalJson;
  const call = async (method: string, path: string, token: string, body?: unknown) => {
    const response = await fetch(`${local.api_url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, json: text ? JSON.parse(text) : null };
  };
  return {
    local,
    call,
    pid: child.pid ?? 0,
    output: () => output,
    async end(signal: NodeJS.Signals) {
      child.kill(signal);
      await exited;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await exited;
    },
  };
}
