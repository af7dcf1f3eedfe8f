import type { BenchApplication, BenchWorld } from "./bench-world.ts";
import { saturate } from "./load.ts";
import { stackCpuMs } from "./processes.ts";
import { BATCH_LENGTH, batchesOfEvents, singleEvents, sustained } from "./scenarios.ts";

const SECONDS = 10;
/** Milliseconds of an event below which a process is not worth naming. */
const NAMED_MS_MIN = 0.002;

interface Processor {
  readonly what: string;
  readonly totalMs: number;
  readonly byProcess: readonly { readonly name: string; readonly ms: number }[];
}

/**
 * Processor time of an event in each of the stack's processes, in ms, load generator and receiver left out. Leaves what
 * was accepted while delivery stood still: nothing can be measured on this stack afterwards.
 */
export async function measureProcessor(
  world: BenchWorld,
  application: BenchApplication,
): Promise<Processor[]> {
  const delivered = await processorOf("an event accepted and delivered", 1, () =>
    sustained(world, application, 1, SECONDS),
  );
  world.pauseDelivery();
  const single = await processorOf("an event accepted", 1, () =>
    saturate({ ...singleEvents(world, application), seconds: SECONDS }),
  );
  const batch = await processorOf(`an event accepted in a batch of ${BATCH_LENGTH}`, BATCH_LENGTH, () =>
    saturate({ ...batchesOfEvents(world, application), seconds: SECONDS }),
  );
  world.resumeDelivery();
  return [single, batch, delivered];
}

/** Of the second run of two: in the first, code is compiled. `run` answers how many a second it made. */
async function processorOf(
  what: string,
  eventsOfEach: number,
  run: () => Promise<number>,
): Promise<Processor> {
  await run();
  const before = stackCpuMs(process.pid);
  const startMs = performance.now();
  const perSecond = await run();
  const events = (perSecond * eventsOfEach * (performance.now() - startMs)) / 1_000;
  const all = [...stackCpuMs(process.pid)].map(([name, usedMs]) => ({
    name,
    ms: (usedMs - (before.get(name) ?? 0)) / events,
  }));
  return {
    what,
    totalMs: all.reduce((sum, { ms }) => sum + ms, 0),
    byProcess: all.filter(({ ms }) => ms >= NAMED_MS_MIN),
  };
}
