import type { HeapProfiler } from "node:inspector";
import { Session } from "node:inspector/promises";

/** Bytes between two samples, on average: small beside what is measured, so that chance hardly shows. */
const SAMPLING_INTERVAL = 1_024;

/**
 * Bytes of JavaScript's heap that `work` and all beside it in this process allocated, whether collected since or not,
 * estimated from samples (V8's sampling heap profiler). Buffers' contents are not among them.
 */
export async function allocatedBytes(work: () => Promise<unknown>): Promise<number> {
  const session = new Session();
  session.connect();
  await session.post("HeapProfiler.startSampling", {
    samplingInterval: SAMPLING_INTERVAL,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  await work();
  const { profile } = await session.post("HeapProfiler.stopSampling");
  session.disconnect();
  return sizeOf(profile.head);
}

const sizeOf = ({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number =>
  children.reduce((sum, child) => sum + sizeOf(child), selfSize);
