import { spawn, type ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { text } from "node:stream/consumers";

/** The command line of a running process, or empty. A process id may have gone to another program since. */
export async function commandOf(pid: number): Promise<string> {
  if (process.platform === "linux") {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    return command.replaceAll("\0", " ");
  }
  return runToEnd(spawn("ps", ["-o", "command=", "-p", String(pid)])).catch(() => "");
}

/** Waits for a process and returns what it printed. Throws with its error output unless it ended with 0. */
export async function runToEnd(child: ChildProcess): Promise<string> {
  const exited = Promise.withResolvers<number | null>();
  child.once("error", exited.reject).once("exit", exited.resolve);
  const [code, output, errors] = await Promise.all([
    exited.promise,
    child.stdout ? text(child.stdout) : "",
    child.stderr ? text(child.stderr) : "",
  ]);
  if (code !== 0) throw new Error(`${child.spawnfile} ended with ${code}:\n${errors}`);
  return output;
}

/** The port itself when it is free on this address, or with 0 some free port. Rejects with EADDRINUSE. */
export async function probePort(port: number, address = "127.0.0.1"): Promise<number> {
  const server = createServer();
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject).once("listening", listening.resolve).listen(port, address);
  await listening.promise;
  const bound = server.address();
  await new Promise((done) => server.close(done));
  return typeof bound === "object" && bound ? bound.port : 0;
}
