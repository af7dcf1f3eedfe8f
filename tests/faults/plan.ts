import { pick, seededRandom, type Random } from "./random.ts";

const processes = ["api", "workers", "queue"] as const;
/** Parts of statements, or their names where they are prepared, that tell them apart on the wire. */
const statements = {
  ingest: "ingest_events",
  claim: "claim_attempts",
  record: "record_outcomes",
  schedule: "set\n      lease_token = null",
} as const;

export type ProcessName = (typeof processes)[number];
export type StatementName = keyof typeof statements;

export type Fault =
  | { readonly kind: "kill"; readonly process: ProcessName | "postgres" }
  | { readonly kind: "restart-postgres" }
  /** Before: the statement is not run. After: it has committed, and its answer is lost. */
  | { readonly kind: "cut"; readonly statement: StatementName; readonly when: "before" | "after" }
  | { readonly kind: "cut-all" }
  | { readonly kind: "stall-postgres"; readonly ms: number }
  | { readonly kind: "purge" };

type PlannedFault = Fault & { readonly atMs: number };

const behaviours = ["good", "slow", "flaky", "dead", "black-hole", "garbage", "reset"] as const;
export type Behaviour = (typeof behaviours)[number];

export interface Plan {
  readonly seed: number;
  readonly faultsMs: number;
  readonly faults: readonly PlannedFault[];
  /** Of the endpoints, in order. */
  readonly endpoints: readonly Behaviour[];
}

const fixedEndpoints: readonly Behaviour[] = [
  ...(["good", "good", "good", "good", "good", "good"] as const),
  ...(["slow", "slow", "flaky", "flaky", "flaky", "dead", "black-hole", "garbage", "reset"] as const),
];

export const statementText = (name: StatementName): string => statements[name];

/** What a run of this length does to the system: the seed decides everything. Each kind of fault comes at least once. */
export function makePlan(seed: number, faultsMs: number, everyMs: number): Plan {
  const random = seededRandom(seed);
  const once = oneOfEach();
  const faults: PlannedFault[] = [];
  for (let atMs = everyMs; atMs < faultsMs; atMs += everyMs * (0.5 + random())) {
    const index = Math.floor(random() * once.length);
    const fault = once.splice(index, 1)[0] ?? anyFault(random);
    faults.push({ ...fault, atMs: Math.round(atMs) });
  }
  const more = Array.from({ length: 5 }, () => pick(random, behaviours));
  return { seed, faultsMs, faults, endpoints: [...fixedEndpoints, ...more] };
}

function oneOfEach(): Fault[] {
  const cuts = (Object.keys(statements) as StatementName[]).flatMap((statement): Fault[] => [
    { kind: "cut", statement, when: "before" },
    { kind: "cut", statement, when: "after" },
  ]);
  return [
    ...processes.map((process): Fault => ({ kind: "kill", process })),
    { kind: "kill", process: "postgres" },
    { kind: "restart-postgres" },
    { kind: "cut-all" },
    { kind: "stall-postgres", ms: 1_000 },
    { kind: "purge" },
    ...cuts,
  ];
}

function anyFault(random: Random): Fault {
  const [first, ...rest] = oneOfEach();
  return first ? pick(random, [first, ...rest]) : { kind: "purge" };
}
