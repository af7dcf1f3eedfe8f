import { fileURLToPath } from "node:url";
import { stageOf } from "../../../stacks/aws/stages.ts";
import { replaceTables } from "../page.ts";
import { markdownTable } from "../report.ts";
import { measure, measureStart, openBench, type Measurement } from "./measure.ts";
import { costOfMillion, deliveriesPerCu, idleCost } from "./model.ts";

// `npm run cost`: what a million events cost, from measurements on this machine and the prices in prices.ts. Writes the
// tables of docs/cost.md between its marks.

const FUNCTIONS = ["api", "delivery", "scheduler", "migrate"] as const;
const PARTS = ["cdn", "api", "delivery", "sqs", "egress", "logs", "postgres", "storage"] as const;
const SHAPES = [1, 32].flatMap((payloadKib) =>
  [1, 3, 10].map((subscriptions) => ({ payloadKib, subscriptions })),
);
const FAILURES = [0, 0.05];
const STAGES = ["dev", "staging", "production"];
const ALARMS = 13;

const page = fileURLToPath(new URL("../../../docs/cost.md", import.meta.url));
const decimals = (amount: number) => amount.toFixed(2);
const sum = (costs: Record<string, number>) => Object.values(costs).reduce((total, cost) => total + cost, 0);

await using bench = await openBench();
const starts: string[][] = [];
for (const name of FUNCTIONS) {
  starts.push([name, String(await measureStart(() => bench.start(name)))]);
}
const measured: { shape: (typeof SHAPES)[number]; measurement: Measurement }[] = [];
for (const shape of SHAPES) {
  measured.push({ shape, measurement: await measure(bench, shape.subscriptions, shape.payloadKib) });
}

const shapeCells = ({ payloadKib, subscriptions }: (typeof SHAPES)[number]) =>
  [payloadKib, subscriptions].map(String);
const tables = {
  million: markdownTable(
    ["payload, KiB", "subscriptions", "failures", ...PARTS, "dollars per million events"],
    measured.flatMap(({ shape, measurement: { event, attempt } }) =>
      FAILURES.map((failures) => {
        const costs = costOfMillion({ ...shape, failures }, event, attempt);
        const cells = PARTS.map((part) => decimals(costs[part] ?? 0));
        return [...shapeCells(shape), `${failures * 100} %`, ...cells, decimals(sum(costs))];
      }),
    ),
  ),
  idle: markdownTable(
    ["idle stage", "sweep, s", "dollars a month"],
    STAGES.map((name) => {
      const { sweepSeconds, hasAlarms } = stageOf(name);
      return [name, String(sweepSeconds), decimals(sum(idleCost(sweepSeconds, hasAlarms ? ALARMS : 0)))];
    }),
  ),
  measured: markdownTable(
    [
      "payload, KiB",
      "subscriptions",
      "event: CPU ms",
      "event: Postgres ms",
      "attempt: CPU ms",
      "attempt: Postgres ms",
      "deliveries a second and CU",
    ],
    measured.map(({ shape, measurement: { event, attempt } }) => [
      ...shapeCells(shape),
      ...[event.cpuMs, event.databaseMs, attempt.cpuMs, attempt.databaseMs].map(decimals),
      String(Math.round(deliveriesPerCu(shape.subscriptions, event, attempt))),
    ]),
  ),
  starts: markdownTable(["function", "cold start, ms"], starts),
};
console.log(Object.values(tables).join("\n\n"));
await replaceTables(page, tables);
