import { openDatabase } from "#core/db/client.ts";
import { schedule } from "#core/delivery/schedule.ts";
import { createBenchWorld } from "./bench-world.ts";
import { sendBatches } from "./scenarios.ts";

const DUE = 20_000;
const AHEAD_MS = 3_600_000;

/** Ms that the scheduler takes for a thousand attempts that are due, without SQS' own part, on a stack of its own. */
export async function measureSchedule(): Promise<number> {
  await using world = await createBenchWorld();
  world.pauseDelivery();
  await sendBatches(world, await world.createApplication(1), DUE);
  const db = openDatabase({ url: world.postgresUrl, connectionsMax: 1, applicationName: "bench" });
  // An hour from now the leases of all are over, and the stack's own scheduler is not interested in what this one takes.
  const now = () => new Date(Date.now() + AHEAD_MS);
  const queue = { send: async () => {} };
  const startMs = performance.now();
  const options = { horizonSeconds: 60, stopAt: new Date(now().getTime() + AHEAD_MS) };
  const { enqueued } = await schedule({ db, now, queue, leaseSeconds: 60 }, options);
  const tookMs = performance.now() - startMs;
  await db.destroy();
  world.resumeDelivery();
  return (tookMs * 1_000) / enqueued;
}
