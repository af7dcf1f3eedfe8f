import { judge, type HealthSettings } from "#core/delivery/health.ts";
import type { Answer } from "#core/delivery/send.ts";
import type { Random } from "../../faults/random.ts";
import { logNormal } from "./distribution.ts";
import { assumed } from "./parameters.ts";

const TIMEOUT_SECONDS = 15;
/** The defaults of `functions/config.ts`. */
const settings: HealthSettings = { disableAfterSeconds: 432_000, pauseAfterFailures: 20 };

/** An endpoint and what the ledger knows of its health: the same rules as the product's, by the same function. */
export interface Endpoint {
  readonly isLargest: boolean;
  readonly health: {
    readonly pausedUntil: number;
    readonly pauseReason: "slowed" | "broken" | null;
  } | null;
  /** How long a request made now takes, and what it ends with. */
  answer(now: number): { seconds: number; isOk: boolean };
  /** Notes a batch's answers of one kind. */
  succeeded(): void;
  failed(now: number, failures: number, isTimeout: boolean): void;
  /** While a probe is under way the others wait. */
  probing(until: number): void;
}

export type Behaviour = (now: number) => { seconds: number; isOk: boolean };

export function behaviours(random: Random): Record<"usual" | "slow" | "blackHole", Behaviour> {
  return {
    usual: () => ({
      seconds: Math.min(TIMEOUT_SECONDS, logNormal(random, assumed.answerMedian, assumed.answerSpread)),
      isOk: random() >= assumed.errorShare,
    }),
    slow: () => ({ seconds: 2 + 4 * random(), isOk: true }),
    blackHole: () => ({ seconds: TIMEOUT_SECONDS, isOk: false }),
  };
}

const dateOf = (seconds: number) => new Date(seconds * 1_000);
const failure = (isTimeout: boolean): Answer => ({
  errorName: isTimeout ? "E_TIMEOUT" : "E_HTTP",
  status: isTimeout ? null : 500,
  headers: null,
  body: null,
  elapsedMs: 0,
});

export function createEndpoint(answer: Behaviour, isLargest = false): Endpoint {
  let health: {
    failures: number;
    failingSince: number;
    pauses: number;
    pausedUntil: number;
    pauseReason: "slowed" | "broken" | null;
  } | null = null;
  return {
    isLargest,
    answer,
    get health() {
      return health;
    },
    succeeded() {
      health = null;
    },
    failed(now, failures, isTimeout) {
      health ??= { failures: 0, failingSince: now, pauses: 0, pausedUntil: 0, pauseReason: null };
      health.failures += failures;
      const { failures: all, pauses, failingSince } = health;
      const state = { failures: all, pauses, failing_since: dateOf(failingSince) };
      const verdict = judge(state, failure(isTimeout), settings, dateOf(now));
      if (verdict.kind !== "pause") return;
      health.pausedUntil = verdict.until.getTime() / 1_000;
      health.pauseReason = verdict.reason;
      health.pauses++;
    },
    probing(until) {
      if (health) health.pausedUntil = until;
    },
  };
}
