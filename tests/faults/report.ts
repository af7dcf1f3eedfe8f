import type { Plan } from "./plan.ts";
import { describe, type RunResult } from "./run.ts";

/** The run as a Markdown table. */
export function report(plan: Plan, { account, faults, tampered, drainMs }: RunResult): string {
  const counts = [...Map.groupBy(faults, describe)].map(([name, all]) => `${name} x${all.length}`);
  const explained = Object.entries(account.duplicatesBy).map(([cause, count]) => `${count}: ${cause}`);
  const lost = account.breaches.filter((breach) => breach.includes(": lost")).length;
  const stuck = account.breaches.filter((breach) => breach.includes(": stuck")).length;
  const rows = [
    ["seed", plan.seed],
    ["faults", `${faults.length} in ${plan.faultsMs / 1_000} s (${counts.join(", ")})`],
    [
      "queue requests tampered with",
      Object.entries(tampered)
        .map(([kind, count]) => `${count} ${kind}`)
        .join(", "),
    ],
    ["accepted events", account.accepted],
    ["deliveries (event x subscription)", account.deliveries],
    ["delivered", account.delivered],
    ["dead after the last retry", account.dead],
    ["lost", lost],
    ["stuck", stuck],
    ["other breaches", account.breaches.length - lost - stuck],
    ["requests made", account.requests],
    ["duplicates", `${account.duplicates}${explained.length > 0 ? ` (${explained.join("; ")})` : ""}`],
    ["unanswered requests cut short by a kill", account.cutShort],
    ["longest recovery, to a good endpoint", `${(account.longestRecoveryMs / 1_000).toFixed(1)} s`],
    ["longest answer to POST /event", `${(account.longestAnswerMs / 1_000).toFixed(1)} s`],
    ["drained after", `${(drainMs / 1_000).toFixed(1)} s`],
  ];
  return ["| | |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
}
