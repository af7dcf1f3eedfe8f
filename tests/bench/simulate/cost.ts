import { costOfMillion } from "../cost/model.ts";
import { prices } from "../cost/prices.ts";
import type { Gauge } from "./gauge.ts";
import type { Result } from "./model.ts";
import { costMeasured } from "./parameters.ts";
import type { Scenario } from "./scenarios.ts";

const API_GB = 1;
const DELIVERY_GB = 0.5;
/** Share of the time for which Postgres is paid that it works, as in docs/cost.md, and the least that is awake. */
const DATABASE_USE = 0.5;
const PROCESSORS_MIN = 0.25;

/**
 * Dollars a day, by what they are paid for: instances, batches and Postgres as the simulation counted them, the rest as
 * in docs/cost.md (1 KiB, one subscription).
 */
export function costOfDay({ setup, cells }: Scenario, result: Result): Record<string, number> {
  const deliveries = setup.deliveriesPerDay * cells;
  // What was counted in the window, as a part of the day.
  const perDay = deliveries / result.accepted;
  const [api, postgres, , delivery] = result.gauges;
  const secondsOf = (gauge: Gauge | undefined) =>
    60 * perDay * (gauge?.minutes.reduce((sum, mean) => sum + mean, 0) ?? 0);
  const failures = result.failedAttempts / result.attempts;
  const shape = { subscriptions: 1, payloadKib: 1, failures };
  const million = costOfMillion(shape, costMeasured.event, costMeasured.attempt);
  const requests = result.apiRequests * perDay;
  const batches = result.batches * perDay;
  const sends = requests * Math.ceil(setup.eventsPerRequest / 10);
  const lambda = (runs: number, seconds: number, gb: number) =>
    runs * prices.lambdaRequest + seconds * gb * prices.lambdaGbSecond;
  const processorHours = Math.max(secondsOf(postgres) / 3_600 / DATABASE_USE, PROCESSORS_MIN * 24 * cells);
  return {
    cdn: ((million["cdn"] ?? 0) * requests) / 1e6,
    api: lambda(requests, secondsOf(api), API_GB),
    delivery: lambda(batches, secondsOf(delivery), DELIVERY_GB),
    sqs: (sends + 2 * batches) * prices.sqsRequest,
    egress: ((million["egress"] ?? 0) * deliveries) / 1e6,
    logs: ((million["logs"] ?? 0) * deliveries) / 1e6,
    postgres: processorHours * prices.databaseCuHour,
    storage: ((million["storage"] ?? 0) * deliveries) / 1e6,
  };
}
