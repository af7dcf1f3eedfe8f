import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { banner } from "./banner.ts";
import { buildDashboard } from "./dashboard-build.ts";
import { lockFolder } from "./lock.ts";
import { INSPECTOR_PATH } from "./paths.ts";
import { probePort } from "./process.ts";
import { keepPostgres } from "./postgres.ts";
import type { Seed } from "./seed.ts";
import { runChild, startChild, type Child } from "./supervisor.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const SCHEDULER_INTERVAL_SECONDS = "5";

/** What tooling finds in `<data dir>/local.json`. */
export interface LocalJson extends Seed {
  readonly api_url: string;
  readonly dashboard_url: string;
  readonly inspector_url: string;
}

export interface Stack {
  readonly banner: string;
  stop(): Promise<void>;
}

/**
 * Brings the whole system up in one process tree: Postgres (unless `DATABASE_URL` names one), an SQS endpoint, the
 * delivery function under a poller, the scheduler on a timer, and the API with the inspector. Resolves when all are
 * ready and `local.json` is written. Throws with a message for a person when it cannot.
 */
export async function startStack(environment: NodeJS.ProcessEnv): Promise<Stack> {
  const folder = resolve(root, environment["COLUMBA_DATA_DIR"] ?? ".columba");
  const address = environment["IP"] ?? "127.0.0.1";
  const port = await takePort(Number(environment["PORT"] ?? 8080), address);
  await mkdir(folder, { recursive: true });
  const unlock = await lockFolder(folder);
  const dashboard = buildDashboard();
  // Awaited below, beside the rest; a failure meanwhile is not unhandled.
  dashboard.catch(() => undefined);
  const started: { stop(): Promise<void> }[] = [{ stop: unlock }];
  const stop = async () => {
    for (const part of started.toReversed()) await part.stop();
  };

  try {
    const postgres = environment["DATABASE_URL"] ? null : await keepPostgres(join(folder, "postgres"));
    if (postgres) started.push(postgres);
    const databaseUrl = environment["DATABASE_URL"] ?? postgres?.url ?? "";
    const origin = `http://${address === "0.0.0.0" ? "127.0.0.1" : address}:${port}`;
    const privateKey = environment["BISCUIT_PRIVATE_KEY"] ?? (await keepPrivateKey(folder));
    const urls = {
      api_url: `${origin}/api/v1`,
      dashboard_url: origin,
      inspector_url: `${origin}${INSPECTOR_PATH}`,
    };
    const sqsPort = environment["SQS_PORT"] ?? String(await probePort(0));
    const settings: NodeJS.ProcessEnv = {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      DISABLE_TARGET_IP_CHECK: "true",
      SCHEDULER_INTERVAL_SECONDS,
      HEALTH_CHECK_KEY: "",
      APP_URL: origin,
      DATABASE_CONNECTIONS_MAX: "10",
      DUE_HINTS_FOLDER: join(folder, "due-hints"),
      LOG_LEVEL: "warn",
      MAIL_FOLDER: join(folder, "mail"),
      // From the second start on no process compiles or strips types: half a second and 150 MB less.
      NODE_COMPILE_CACHE: join(root, "node_modules/.cache/columba"),
      ...environment,
      PORT: String(port),
      IP: address,
      DATABASE_URL: databaseUrl,
      BISCUIT_PRIVATE_KEY: privateKey,
      SQS_PORT: sqsPort,
      SQS_ENDPOINT: environment["SQS_ENDPOINT"] ?? `http://127.0.0.1:${sqsPort}`,
      DELIVERIES_QUEUE_URL: `http://127.0.0.1:${sqsPort}/000000000000/deliveries`,
    };
    const file = join(folder, "local.json");
    const seed = runChild<Seed>("preparation", {
      ...settings,
      LOCAL_JSON: file,
      INSPECTOR_URL: urls.inspector_url,
    });
    const [queue, seeded] = await Promise.all([startChild("queue", settings), seed, dashboard]);
    started.push(queue);
    const local: LocalJson = { ...seeded, ...urls };
    const functions = await Promise.all(["api", "workers"].map((name) => startChild(name, settings)));
    started.push({
      stop: async () => void (await Promise.all(functions.map((child: Child) => child.stop()))),
    });
    await writeFile(file, JSON.stringify(local, null, 2), { mode: 0o600 });
    return { banner: banner(local), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function takePort(port: number, address: string): Promise<number> {
  try {
    return await probePort(port, address);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE") throw error;
    throw new Error(`port ${port} is taken: stop what uses it, or choose another with PORT=…`, {
      cause: error,
    });
  }
}

/** The key that signed the tokens handed out so far, made on the first start. */
async function keepPrivateKey(folder: string): Promise<string> {
  const file = join(folder, "biscuit-private-key");
  const known = await readFile(file, "utf8").catch(() => null);
  if (known) return known.trim();
  const key = randomBytes(32).toString("hex");
  await writeFile(file, `${key}\n`, { mode: 0o600 });
  return key;
}
