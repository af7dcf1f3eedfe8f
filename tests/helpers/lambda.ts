import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json, text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const bootstrap = fileURLToPath(new URL("lambda-bootstrap.js", import.meta.url));

interface Invocation {
  readonly id: string;
  readonly event: unknown;
  readonly settle: PromiseWithResolvers<unknown>;
}

/**
 * Runs a bundle as Lambda would: in a process of its own, in the bundle's folder, with nothing but this environment,
 * fed by a Runtime API. Resolves when the function has loaded; rejects with its error if it cannot.
 */
export async function startLambda(folder: string, environment: Record<string, string>) {
  const startedMs = performance.now();
  const ready = Promise.withResolvers<void>();
  const queued: Invocation[] = [];
  const running = new Map<string, Invocation>();
  let waiting: ServerResponse | null = null;

  const feed = () => {
    const invocation = waiting && queued.shift();
    if (!waiting || !invocation) return;
    running.set(invocation.id, invocation);
    waiting.setHeader("lambda-runtime-aws-request-id", invocation.id);
    waiting.end(JSON.stringify(invocation.event));
    waiting = null;
  };

  const server = createServer((request, response) => {
    const [, id = "", outcome = ""] = /invocation\/([^/]+)\/(response|error)/.exec(request.url ?? "") ?? [];
    if (request.url?.endsWith("/invocation/next")) {
      ready.resolve();
      waiting = response;
      feed();
      return;
    }
    void json(request).then((body) => {
      response.writeHead(202).end();
      const error = new Error(JSON.stringify(body));
      if (request.url?.endsWith("/init/error")) ready.reject(error);
      else if (outcome === "error") running.get(id)?.settle.reject(error);
      else running.get(id)?.settle.resolve(body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const child = spawn(process.execPath, ["--enable-source-maps", bootstrap], {
    cwd: folder,
    env: {
      ...environment,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const errors = text(child.stderr);
  const output = text(child.stdout);
  const exited = once(child, "exit");
  void exited.then(async () => ready.reject(new Error(`the function ended: ${await errors}`)));
  const stop = async () => {
    child.kill("SIGKILL");
    await exited;
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  await ready.promise.catch(async (error: unknown) => {
    await stop();
    throw error;
  });

  return {
    pid: child.pid ?? 0,
    /** From the start of the process to the first request for an event. */
    initMs: Math.round(performance.now() - startedMs),
    /** What the function has logged; it is stopped for that. */
    async logs() {
      await stop();
      return output;
    },
    invoke<T>(event: unknown): Promise<T> {
      const settle = Promise.withResolvers<unknown>();
      queued.push({ id: randomUUID(), event, settle });
      feed();
      return settle.promise as Promise<T>;
    },
    [Symbol.asyncDispose]: stop,
  };
}
