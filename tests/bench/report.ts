import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";

/** One line of the table. */
export interface Measure {
  readonly what: string;
  readonly reached: string;
  /** What it is compared with, measured in the same run. */
  readonly baseline?: string;
  readonly ratio?: number;
  readonly bar?: string;
  readonly isMet?: boolean;
}

export const perSecond = (value: number): string => `${Math.round(value).toLocaleString("en")} /s`;
export const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

const heads = ["measure", "reached", "baseline of the same run", "ratio", "bar", "met"] as const;

const cells = ({ what, reached, baseline, ratio, bar, isMet }: Measure): string[] => [
  what,
  reached,
  baseline ?? "",
  ratio === undefined ? "" : ratio.toFixed(2),
  bar ?? "",
  isMet === undefined ? "" : isMet ? "yes" : "no",
];

/** The measures as a table for a page and for a terminal. */
export const tableOf = (measures: readonly Measure[]): string => markdownTable(heads, measures.map(cells));

/** A Markdown table whose columns line up. */
export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(heads), rule, ...rows.map(line)].join("\n");
}

/** What the figures depend on, one line each. */
export function machine(postgresVersion: string, loadBefore: number): string[] {
  const [processor] = cpus();
  const versions = ["hono", "@hono/node-server", "pg", "undici", "fauxqs", "autocannon"].map(
    (name) => `${name} ${versionOf(name)}`,
  );
  return [
    `date: ${new Date().toISOString().slice(0, 16)}Z`,
    `machine: ${cpus().length} x ${processor?.model ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${release()}`,
    `load average: ${loadBefore.toFixed(1)} before the run, ${(loadavg()[0] ?? 0).toFixed(1)} after it (other work before the run makes every figure low and noisy)`,
    `versions: node ${process.version}, ${postgresVersion.split(" on ")[0]}, ${versions.join(", ")}`,
  ];
}

function versionOf(name: string): string {
  const manifest = readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
