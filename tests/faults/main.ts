import { parseArgs } from "node:util";
import { makePlan } from "./plan.ts";
import { report } from "./report.ts";
import { runFaults } from "./run.ts";

// npm run faults -- --seed 7 --seconds 600 --rate 100

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    seconds: { type: "string", default: "600" },
    every: { type: "string", default: "1.5" },
    drain: { type: "string", default: "600" },
    rate: { type: "string", default: "80" },
  },
});
const plan = makePlan(Number(values.seed), Number(values.seconds) * 1_000, Number(values.every) * 1_000);
const result = await runFaults(plan, {
  eventsPerSecond: Number(values.rate),
  drainMs: Number(values.drain) * 1_000,
  log: (line) => console.log(line),
});
for (const breach of result.account.breaches) console.log(breach);
console.log(`\n${report(plan, result)}\n`);
process.exitCode = result.account.breaches.length > 0 ? 1 : 0;
