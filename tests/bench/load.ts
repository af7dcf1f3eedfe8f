import autocannon from "autocannon";
import { setTimeout as sleep } from "node:timers/promises";

export interface Load {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly seconds: number;
  readonly connections?: number;
}

/** Requests a second of a server kept busy by `connections` clients that each wait for their answer. Throws on a non-2xx. */
export async function saturate({ url, headers, body, seconds, connections = 64 }: Load): Promise<number> {
  const result = await autocannon({ url, method: "POST", headers, body, connections, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} refusals, ${result.errors} errors`);
  }
  return result["2xx"] / result.duration;
}

/**
 * Starts `perSecond` calls a second, evenly, whatever becomes of the earlier ones, and answers for each the ms from when
 * it was to start until it had ended: a server that stalls is charged for all who would have come meanwhile.
 */
export async function openLoop(
  perSecond: number,
  seconds: number,
  call: (startedAtMs: number) => Promise<unknown>,
): Promise<number[]> {
  const startMs = performance.now();
  const calls: Promise<number>[] = [];
  for (let count = 0; count < perSecond * seconds;) {
    const due = Math.min(perSecond * seconds, ((performance.now() - startMs) / 1_000) * perSecond);
    for (; count < due; count++) {
      const atMs = startMs + (count / perSecond) * 1_000;
      calls.push(call(performance.timeOrigin + atMs).then(() => performance.now() - atMs));
    }
    await sleep(1);
  }
  return Promise.all(calls);
}

/** The value below which this part of them lies; NaN of none. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Runs it `times` times and answers the median. */
export async function medianOf(times: number, run: () => Promise<number>): Promise<number> {
  const results: number[] = [];
  for (let time = 0; time < times; time++) results.push(await run());
  return median(results);
}

/**
 * What each of these made in `rounds` rounds, in which all take their turn: a machine that slows down slows all. The
 * rounds before, in which code is compiled and caches are filled, do not count.
 */
export async function inTurns<Name extends string, Made = number>(
  { warmUps, rounds }: { readonly warmUps: number; readonly rounds: number },
  runs: Readonly<Record<Name, () => Promise<Made>>>,
): Promise<Record<Name, Made[]>> {
  const entries = Object.entries(runs) as [Name, () => Promise<Made>][];
  const found = Object.fromEntries(entries.map(([name]) => [name, [] as Made[]])) as Record<Name, Made[]>;
  for (let round = -warmUps; round < rounds; round++) {
    for (const [name, run] of entries) {
      const made = await run();
      if (round >= 0) found[name].push(made);
    }
  }
  return found;
}

/** The median of what the first made to what the second made in the same round. */
export const medianRatio = (made: readonly number[], baseline: readonly number[]): number =>
  median(made.map((value, round) => value / (baseline[round] ?? Number.NaN)));
