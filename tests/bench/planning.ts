import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { openDatabase } from "#core/db/client.ts";
import { claim } from "#core/delivery/claim.ts";
import { record } from "#core/delivery/record.ts";
import { ingest } from "#core/ingest.ts";
import { NO_QUOTAS } from "#core/quota.ts";
import type { BenchApplication, BenchWorld } from "./bench-world.ts";
import { median } from "./load.ts";

const WARM_UP_ROUNDS = 20;
const ROUNDS = 200;

interface Planning {
  /** Median ms of the statement on a connection that keeps its plans, and on one that makes them each time. */
  readonly keptMs: number;
  readonly anewMs: number;
}

/** What it costs to plan the statements of one event and its delivery anew each time; both kinds take turns. */
export async function measurePlanning(
  world: BenchWorld,
  { application_id, event }: BenchApplication,
): Promise<Record<string, Planning>> {
  world.pauseDelivery();
  const { rows } = await world.db.query<{ token: string }>(
    "select token from application_secret where application_id = $1",
    [application_id],
  );
  const credential = { kind: "application_secret", secret: rows[0]?.token ?? "" } as const;
  const post = { ...event, event_id: null, metadata: {}, occurred_at: new Date(event.occurred_at) };
  const connect = () => openDatabase({ url: world.postgresUrl, connectionsMax: 1, applicationName: "bench" });
  const databases = { keptMs: connect(), anewMs: connect() };
  const times = {
    "ingest of an event": { keptMs: [] as number[], anewMs: [] as number[] },
    claim: { keptMs: [] as number[], anewMs: [] as number[] },
    record: { keptMs: [] as number[], anewMs: [] as number[] },
  };

  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const kind of ["keptMs", "anewMs"] as const) {
      // The lease lies far ahead: the stack's own functions are to leave these alone.
      const ctx = { db: databases[kind], now: () => new Date(), leaseSeconds: 3_600, quotas: NO_QUOTAS };
      const timed = async <T>(what: keyof typeof times, work: () => Promise<T>): Promise<T> => {
        if (kind === "anewMs") await sql`discard plans`.execute(ctx.db);
        const startMs = performance.now();
        const result = await work();
        if (round >= WARM_UP_ROUNDS) times[what][kind].push(performance.now() - startMs);
        return result;
      };
      const items = [{ event: post, ip: "127.0.0.1", credential }];
      const [ingested] = await timed("ingest of an event", () => ingest(ctx, items));
      const messages = (ingested?.deliveries ?? []).map((name) => ({ ...name, mayWait: true }));
      const leaseToken = randomUUID();
      const { attempts } = await timed("claim", () => claim(ctx, leaseToken, messages));
      const answer = { errorName: null, status: 200, headers: {}, body: null, elapsedMs: 1 };
      const outcomes = attempts.map(({ request_attempt_id }) => ({ request_attempt_id, answer, next: null }));
      await timed("record", () => record(ctx, leaseToken, outcomes));
    }
  }
  await Promise.all(Object.values(databases).map((db) => db.destroy()));
  world.resumeDelivery();
  return Object.fromEntries(
    Object.entries(times).map(([what, { keptMs, anewMs }]) => [
      what,
      { keptMs: median(keptMs), anewMs: median(anewMs) },
    ]),
  );
}
