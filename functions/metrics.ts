import { Metrics as EmbeddedMetrics, MetricUnit } from "@aws-lambda-powertools/metrics";

/** What is measured, in which unit. `docs/observability.md` says of each what it counts. */
const units = {
  EventsAccepted: MetricUnit.Count,
  Refusals: MetricUnit.Count,
  Attempts: MetricUnit.Count,
  DeadLetters: MetricUnit.Count,
  EndpointLatency: MetricUnit.Milliseconds,
  OldestDueSeconds: MetricUnit.Seconds,
  QueueSendFailures: MetricUnit.Count,
  LedgerUnavailable: MetricUnit.Count,
  ColdStarts: MetricUnit.Count,
} as const;
export type MetricName = keyof typeof units;

/** Kept few: each combination of values is a metric that is paid for. Never what a tenant chooses. */
type Dimension = Partial<Record<"problem" | "outcome", string>>;

export interface Metrics {
  add(name: MetricName, value: number, dimension?: Dimension): void;
  /** Writes what was added since the last time: at the end of each invocation, for a function may sleep for ever after. */
  publish(): void;
}

export interface MetricsOptions {
  readonly namespace: string;
  /** The function. */
  readonly service: string;
  readonly write: (line: string) => void;
}

/** One less than a document may have of one metric, at which the library would write it by itself. */
const VALUES_MAX = 99;

interface Series {
  readonly name: MetricName;
  readonly dimension: Dimension;
  readonly values: number[];
}

/** CloudWatch metrics as lines of the log (embedded metric format), counts added up to one value each. */
export function createMetrics({ namespace, service, write }: MetricsOptions): Metrics {
  let series = new Map<string, Series>();
  const add: Metrics["add"] = (name, value, dimension = {}) => {
    const key = JSON.stringify([name, dimension]);
    const known = series.get(key);
    if (!known) series.set(key, { name, dimension, values: [value] });
    else if (units[name] === MetricUnit.Count) known.values[0] = (known.values[0] ?? 0) + value;
    else known.values.push(value);
  };
  add("ColdStarts", 1);
  // One for all: each makes a console of its own, which took more than storing an event.
  const document = new EmbeddedMetrics({ namespace, serviceName: service });
  return {
    add,
    publish() {
      const added = [...series.values()];
      series = new Map();
      const byDimension = Map.groupBy(added, ({ dimension }) => JSON.stringify(dimension));
      for (const alike of byDimension.values()) {
        for (const values of inDocuments(alike)) {
          for (const [name, value] of Object.entries(alike[0]?.dimension ?? {}))
            document.addDimension(name, value);
          for (const { name, value } of values) document.addMetric(name, units[name], value);
          write(`${JSON.stringify(document.serializeMetrics())}\n`);
          document.clearMetrics();
          document.clearDimensions();
        }
      }
    },
  };
}

/** The values of series with the same dimensions, in as few groups as the format allows. */
function inDocuments(alike: readonly Series[]) {
  const length = Math.ceil(Math.max(...alike.map(({ values }) => values.length)) / VALUES_MAX);
  return Array.from({ length }, (_, index) =>
    alike.flatMap(({ name, values }) =>
      values.slice(index * VALUES_MAX, (index + 1) * VALUES_MAX).map((value) => ({ name, value })),
    ),
  );
}

/** Where nobody reads metrics. */
export const noMetrics: Metrics = { add() {}, publish() {} };
