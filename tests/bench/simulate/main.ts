import { fileURLToPath } from "node:url";
import { replaceTables } from "../page.ts";
import { simulate } from "./model.ts";
import * as Report from "./report.ts";
import { calm, outages, scales, type Scenario } from "./scenarios.ts";

// `npm run simulate`: what Columba would do at sizes that no machine at hand can show. Writes the tables of
// docs/scale.md between its marks; the same seed gives the same page.

const page = fileURLToPath(new URL("../../../docs/scale.md", import.meta.url));
const startMs = performance.now();

const run = (scenario: Scenario): Report.Run => {
  const atMs = performance.now();
  const result = simulate(scenario.setup);
  const took = ((performance.now() - atMs) / 1_000).toFixed(1);
  console.log(`${scenario.name}: ${result.accepted.toLocaleString("en")} deliveries simulated in ${took} s`);
  return { scenario, result };
};

const tables = {
  calm: Report.calmTable(calm.map(run)),
  outages: Report.outageTable(outages.map(run)),
  scales: Report.scaleTable(scales.map(run)),
  waits: Report.waitsTable(),
  parameters: Report.parametersTable(),
};
console.log(
  `\n${Object.values(tables).join("\n\n")}\n\n${Math.round((performance.now() - startMs) / 1_000)} s`,
);
await replaceTables(page, tables);
