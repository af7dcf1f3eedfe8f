import { markdownTable } from "../report.ts";
import { costOfDay } from "./cost.ts";
import { meanWaitSeconds } from "./erlang.ts";
import type { Result } from "./model.ts";
import { assumed, limits, measured, production } from "./parameters.ts";
import type { Scenario } from "./scenarios.ts";
import { simulatedWaitSeconds } from "./waits.ts";

export interface Run {
  readonly scenario: Scenario;
  readonly result: Result;
}

const CUSTOMERS = 1_000_000;

const seconds = (value: number): string => {
  if (!Number.isFinite(value)) return "-";
  if (value < 1) return `${Math.round(value * 1_000)} ms`;
  return value < 120 ? `${value.toPrecision(2)} s` : `${Math.round(value / 60)} min`;
};
const percent = (part: number): string => `${(part * 100).toFixed(part < 0.1 ? 1 : 0)} %`;
const count = (value: number): string => Math.round(value).toLocaleString("en");
const total = (costs: Record<string, number>) => Object.values(costs).reduce((sum, cost) => sum + cost, 0);

/** What was used of each resource in its busiest minute. */
const uses = ({ gauges }: Result) =>
  gauges.map(({ name, capacity, minutes }) => ({ name, share: Math.max(0, ...minutes) / capacity }));

/** The first resource of which all is in use for a minute, and when; or the one that is used most. */
function firstLimit(result: Result): string {
  const [first] = result.gauges
    .flatMap((gauge) => {
      const at = gauge.fullAt(0);
      return at === null ? [] : [{ gauge, at }];
    })
    .sort((one, other) => one.at - other.at);
  if (first) {
    const { gauge, at } = first;
    const size = gauge.capacity === 1 && result.setup.scale > 1 && !/processors/.test(gauge.name);
    const capacity = size ? "" : ` (${count(gauge.capacity * result.setup.scale)})`;
    return `**${gauge.name}**${capacity}, from minute ${Math.round(at / 60)} on`;
  }
  const [most] = uses(result).sort((one, other) => other.share - one.share);
  return `none; ${most?.name} at ${percent(most?.share ?? 0)}`;
}

export function calmTable(runs: readonly Run[]): string {
  return markdownTable(
    [
      "deliveries a day",
      "a second: mean, busiest minute",
      "accepted to answered: p50, p99",
      "API, Postgres, in flight, delivery, scheduler: busiest minute",
      "refused (429)",
      "first limit met",
      "$ a day",
    ],
    runs.map(({ scenario, result }) => {
      const { setup, cells } = scenario;
      const { calm } = result.others;
      const busiest = (Math.max(...result.deliveredPerMinute) / 60) * setup.scale * cells;
      const shares = uses(result).slice(0, 5);
      return [
        scenario.name,
        `${count((setup.deliveriesPerDay * cells) / 86_400)}, ${count(busiest)}`,
        `${seconds(calm.percentile(0.5))}, ${seconds(calm.percentile(0.99))}`,
        shares.map(({ share }) => percent(share)).join(", "),
        percent(result.refused / (result.accepted + result.refused)),
        firstLimit(result),
        result.waiting > result.accepted / 10 ? "not borne" : count(total(costOfDay(scenario, result))),
      ];
    }),
  );
}

export function outageTable(runs: readonly Run[]): string {
  return markdownTable(
    [
      "deliveries a day",
      "owed to it at the end",
      "of that delivered after: 50 %, 99 %, all",
      "the others' p99: before, during, after",
      "in flight in SQS at the most",
      "first limit met",
    ],
    runs.map(({ scenario, result }) => {
      const { others, recovery, gauges, setup } = result;
      const owed = result.owedAtOutageEnd;
      const after = (part: number) =>
        recovery.count >= owed * part
          ? seconds(recovery.percentile((owed * part) / recovery.count))
          : "later";
      const [, , inFlight] = gauges;
      return [
        scenario.name,
        count(owed * setup.scale * scenario.cells),
        [0.5, 0.99, 1].map(after).join(", "),
        [others.calm, others.outage, others.after].map((phase) => seconds(phase.percentile(0.99))).join(", "),
        count((inFlight?.max ?? 0) * setup.scale),
        firstLimit(result),
      ];
    }),
  );
}

export function scaleTable(runs: readonly Run[]): string {
  return markdownTable(
    ["scale", "deliveries simulated", "p50, p99", "Postgres, delivery: busiest minute", "attempts a batch"],
    runs.map(({ scenario, result }) => {
      const [, postgres, , delivery] = uses(result);
      const { calm } = result.others;
      return [
        scenario.name,
        count(result.accepted),
        `${seconds(calm.percentile(0.5))}, ${seconds(calm.percentile(0.99))}`,
        `${percent(postgres?.share ?? 0)}, ${percent(delivery?.share ?? 0)}`,
        (result.attempts / result.batches).toFixed(1),
      ];
    }),
  );
}

/** The station that stands for Postgres, against queueing theory. */
export function waitsTable(): string {
  const cases = [
    { servers: 1, load: 0.5 },
    { servers: 4, load: 0.8 },
    { servers: 16, load: 0.9 },
  ];
  return markdownTable(
    ["servers", "load", "mean wait, simulated", "Erlang C"],
    cases.map(({ servers, load }) => {
      const waits = { servers, serviceSeconds: 1e-3, perSecond: (servers * load) / 1e-3 };
      const exact = meanWaitSeconds(waits.perSecond, waits.serviceSeconds, servers);
      return [
        String(servers),
        percent(load),
        `${(simulatedWaitSeconds(waits, CUSTOMERS) * 1e3).toFixed(3)} ms`,
        `${(exact * 1e3).toFixed(3)} ms`,
      ];
    }),
  );
}

/** What the figures rest on. */
export function parametersTable(): string {
  const milli = (value: number) => `${Number((value * 1e3).toPrecision(3))} ms`;
  const work = ({ statement, row }: { statement: number; row: number }) =>
    `${milli(statement)} and ${milli(row)} a row`;
  return markdownTable(
    ["what", "figure", "from"],
    [
      ["ingest, in Postgres", work(measured.ingest), "`npm run cost`, `npm run bench`"],
      ["claim, and record, in Postgres", work(measured.claim), "`npm run cost`, `npm run bench`"],
      ["schedule, in Postgres", work(measured.schedule), "`npm run bench`"],
      [
        "compute: request, each further event of it, attempt",
        [measured.apiCompute, measured.apiEventCompute, measured.attemptCompute].map(milli).join(", "),
        "`npm run cost`, `npm run bench`",
      ],
      [
        "cold start: API, delivery",
        [measured.apiColdStart, measured.deliveryColdStart].map(milli).join(", "),
        "`npm run cost`, and 100 ms",
      ],
      [
        "production: API, delivery instances",
        `${production.apiConcurrencyMax}, ${production.deliveryConcurrencyMax}`,
        "`stacks/aws/stages.ts`",
      ],
      [
        "new instances: API in 10 s, delivery in a minute",
        `${limits.instancesPerTenSeconds}, ${limits.batchesAddedPerMinute}`,
        "AWS",
      ],
      ["messages in flight of a queue", count(limits.inFlight), "AWS"],
      ["processors of Postgres", String(limits.postgresProcessors), "Neon's largest that scales by itself"],
      [
        "round trip to Postgres, to SQS",
        [assumed.databaseRoundTrip, assumed.sqsSend].map(milli).join(", "),
        "assumed",
      ],
      [
        "an endpoint answers",
        `log-normal, median ${milli(assumed.answerMedian)}, sigma ${assumed.answerSpread}; ${percent(assumed.errorShare)} errors`,
        "assumed",
      ],
      [
        "endpoints that take 2 to 6 s, that never answer",
        `${percent(assumed.slowShare)}, ${percent(assumed.blackHoleShare)} of ${assumed.endpoints}`,
        "assumed",
      ],
      ["the largest customer", `${percent(assumed.largestShare)} of all, one endpoint`, "assumed"],
      [
        "the day",
        `mean +- ${percent(assumed.daySwing)}, and ${assumed.burstFactor} times that for 20 s in every ten minutes`,
        "assumed",
      ],
    ],
  );
}
