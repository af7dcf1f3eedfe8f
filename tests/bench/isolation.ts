import { setTimeout as sleep } from "node:timers/promises";
import type { BenchApplication, BenchWorld } from "./bench-world.ts";
import { median, openLoop, percentile } from "./load.ts";

const QUIET_APPLICATIONS = 20;
/** So few that two processors are mostly idle beside the noise: what grows is not for want of them. */
const QUIET_PER_SECOND = 0.5;
/** The noisy application sends so much more than each of the others. */
const NOISE = 100;
/** One in a hundred of the endpoints never answers. */
const ENDPOINTS = 100;
/** Longer than a delivery waits for an endpoint that does not answer (15 s): what they hold is all held at the end. */
const SECONDS = 30;
const REPEATS = 3;

/** What is beside the quiet applications. */
const KINDS = ["alone", "noise", "noiseAndBlackHole"] as const;
type Kind = (typeof KINDS)[number];

export interface Percentiles {
  /** From the answer to the client until the receiver had it, p99 in ms. */
  readonly delivered: number;
  /** From when the client was to send it until its answer, p99 in ms. */
  readonly accepted: number;
}

/** The load of both, for whoever reads the table. */
export const ISOLATION_LOAD = `${QUIET_APPLICATIONS * QUIET_PER_SECOND}/s of ${QUIET_APPLICATIONS} beside ${NOISE * QUIET_PER_SECOND}/s of one`;

/**
 * What quiet applications notice of one that sends a hundred times as much as each of them, and of its endpoints that
 * never answer: medians of repeats, one kind after the other in each.
 */
export async function isolation(world: BenchWorld): Promise<Record<Kind, Percentiles>> {
  const quiet = await Promise.all(
    Array.from({ length: QUIET_APPLICATIONS }, () => world.createApplication(1)),
  );
  const noisy = {
    noise: await world.createApplication(0, ENDPOINTS),
    noiseAndBlackHole: await world.createApplication(0, ENDPOINTS, ENDPOINTS - 1),
  };
  await Promise.all([measure(world, quiet, 5), makeNoise(world, noisy.noise, 5)]);
  const runs: { kind: Kind; found: Percentiles }[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (const kind of KINDS) {
      const noise = kind === "alone" ? null : makeNoise(world, noisy[kind], SECONDS);
      const [found] = await Promise.all([measure(world, quiet, SECONDS), noise]);
      runs.push({ kind, found });
    }
  }
  const of = (kind: Kind): Percentiles => {
    const found = runs.filter((run) => run.kind === kind).map((run) => run.found);
    return {
      delivered: median(found.map(({ delivered }) => delivered)),
      accepted: median(found.map(({ accepted }) => accepted)),
    };
  };
  return { alone: of("alone"), noise: of("noise"), noiseAndBlackHole: of("noiseAndBlackHole") };
}

async function measure(
  world: BenchWorld,
  applications: readonly BenchApplication[],
  seconds: number,
): Promise<Percentiles> {
  const sent: { eventId: string; acceptedAtMs: number }[] = [];
  let turn = 0;
  const accepted = await openLoop(QUIET_PER_SECOND * applications.length, seconds, async () => {
    const application = applications[turn++ % applications.length];
    const { event_id: eventId = "" } = await world.post("/event", application?.body ?? "");
    sent.push({ eventId, acceptedAtMs: performance.timeOrigin + performance.now() });
  });
  while (sent.some(({ eventId }) => world.arrivalOf(eventId) === undefined)) await sleep(20);
  const delivered = sent.map(({ eventId, acceptedAtMs }) =>
    Math.max(0, (world.arrivalOf(eventId) ?? Number.NaN) - acceptedAtMs),
  );
  return { delivered: percentile(delivered, 0.99), accepted: percentile(accepted, 0.99) };
}

/** Each event goes to one of the endpoints, in turn. */
async function makeNoise(world: BenchWorld, { event }: BenchApplication, seconds: number): Promise<void> {
  let turn = 0;
  await openLoop(NOISE * QUIET_PER_SECOND, seconds, () => {
    const labels = { customer: `other-${turn++ % ENDPOINTS}` };
    return world.post("/event", JSON.stringify({ ...event, labels }));
  });
}
