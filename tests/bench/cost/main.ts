import { measure, measureStart, openBench, type Measurement } from "./measure.ts";
import { costOfMillion, deliveriesPerCu, idleCost } from "./model.ts";

// Prints the tables of docs/cost.md, from measurements on this machine and the prices in prices.ts.

const dollars = (amount: number) => amount.toFixed(2);
const sum = (costs: Record<string, number>) => Object.values(costs).reduce((total, cost) => total + cost, 0);
const row = (cells: readonly (string | number)[]) => console.log(`| ${cells.join(" | ")} |`);
const header = (cells: readonly string[]) => {
  console.log();
  row(cells);
  row(cells.map(() => "---"));
};

await using bench = await openBench();

header(["function", "cold start, ms"]);
for (const name of ["api", "delivery", "scheduler", "migrate"] as const)
  row([name, await measureStart(() => bench.start(name))]);

const shapes = [1, 32].flatMap((payloadKib) =>
  [1, 3, 10].map((subscriptions) => ({ payloadKib, subscriptions })),
);
const measured: { shape: (typeof shapes)[number]; measurement: Measurement }[] = [];
for (const shape of shapes) {
  measured.push({ shape, measurement: await measure(bench, shape.subscriptions, shape.payloadKib) });
}

header([
  "payload, KiB",
  "subscriptions",
  "event: CPU ms",
  "event: Postgres ms",
  "attempt: CPU ms",
  "attempt: Postgres ms",
  "deliveries a second and CU",
]);
for (const { shape, measurement } of measured) {
  const { event, attempt } = measurement;
  const times = [event.cpuMs, event.databaseMs, attempt.cpuMs, attempt.databaseMs].map((ms) => ms.toFixed(2));
  row([
    shape.payloadKib,
    shape.subscriptions,
    ...times,
    Math.round(deliveriesPerCu(shape.subscriptions, event, attempt)),
  ]);
}

const parts = ["cdn", "api", "delivery", "sqs", "egress", "logs", "postgres", "storage"];
header(["payload, KiB", "subscriptions", "failures", ...parts, "dollars per million events"]);
for (const { shape, measurement } of measured) {
  for (const failures of [0, 0.05]) {
    const costs = costOfMillion({ ...shape, failures }, measurement.event, measurement.attempt);
    const cells = parts.map((part) => dollars(costs[part] ?? 0));
    row([shape.payloadKib, shape.subscriptions, `${failures * 100} %`, ...cells, dollars(sum(costs))]);
  }
}

header(["idle stage", "sweep, s", "dollars a month"]);
for (const [stage, sweepSeconds, alarms] of [
  ["dev", 21_600, 0],
  ["staging", 3_600, 13],
  ["production", 900, 13],
] as const)
  row([stage, sweepSeconds, dollars(sum(idleCost(sweepSeconds, alarms)))]);
