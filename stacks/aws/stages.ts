/** In what the stages differ. What is not here is the same everywhere. */
export interface Stage {
  /** Production keeps its logs when the stack is deleted, and the stack cannot be deleted by accident. */
  readonly isProtected: boolean;
  /** Whether alarms notify. */
  readonly hasAlarms: boolean;
  readonly logRetentionDays: 7 | 30 | 90;
  /** Batches of deliveries at once, 2 to 1 000: with ten to a batch, ten times as many requests under way. */
  readonly deliveryConcurrencyMax: number;
  /** Requests served at once; what is above is answered 429. Left out, the account's limit (1 000, or 10 if new). */
  readonly apiConcurrencyMax?: number;
  /** Longest that the scheduler leaves the database asleep without a hint, in seconds. */
  readonly sweepSeconds: number;
  /** Settings of `functions/config.ts` for all functions of the stage. No secrets: those are parameters. */
  readonly settings: Readonly<Record<string, string>>;
}

const stages = {
  dev: {
    isProtected: false,
    hasAlarms: false,
    logRetentionDays: 7,
    deliveryConcurrencyMax: 2,
    sweepSeconds: 21_600,
    settings: { LOG_LEVEL: "debug" },
  },
  staging: {
    isProtected: false,
    hasAlarms: true,
    logRetentionDays: 30,
    deliveryConcurrencyMax: 20,
    sweepSeconds: 3_600,
    settings: {},
  },
  production: {
    isProtected: true,
    hasAlarms: true,
    logRetentionDays: 90,
    deliveryConcurrencyMax: 200,
    apiConcurrencyMax: 400,
    sweepSeconds: 900,
    settings: {},
  },
} as const satisfies Record<string, Stage>;

/** The stage of this name. A name that is not in the table (a developer's own) is like `dev`. */
export function stageOf(name: string): Stage {
  return Object.hasOwn(stages, name) ? stages[name as keyof typeof stages] : stages.dev;
}
