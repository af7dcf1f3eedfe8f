import { Duration } from "aws-cdk-lib";
import {
  Dashboard,
  GraphWidget,
  MathExpression,
  Metric,
  Stats,
  type IMetric,
  type IWidget,
} from "aws-cdk-lib/aws-cloudwatch";
import type { Function } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { MetricName } from "../../functions/metrics.ts";
import type { FunctionName } from "./bundle/bundle.ts";
import type { Queues } from "./queues.ts";

export interface Metrics {
  /** How long the oldest attempt that the scheduler found had been due, in seconds. */
  readonly oldestDueSeconds: IMetric;
  readonly eventsAccepted: IMetric;
  /** Deliveries given up, a minute. */
  readonly diedDeliveries: IMetric;
  readonly endpointLatency: IMetric[];
  /** What retries get over while it is short. */
  readonly troubles: IMetric[];
  readonly deadLetters: IMetric;
  /** Age of the oldest message, in seconds. Messages that wait for a retry grow old, too. */
  readonly queueAgeSeconds: IMetric;
  readonly apiErrorPercent: IMetric;
  readonly errors: Record<FunctionName, IMetric>;
  readonly throttles: Record<FunctionName, IMetric>;
  readonly schedulerRuns: Metric;
}

/** Of the metrics that the functions write themselves (functions/metrics.ts). */
export const metricsNamespace = (stageName: string): string => `Columba/${stageName}`;

export function createMetrics(
  stageName: string,
  functions: Record<FunctionName, Function>,
  queues: Queues,
): Metrics {
  const minute = { period: Duration.minutes(1) };
  const own = (service: FunctionName, metricName: MetricName, statistic: string) =>
    new Metric({
      namespace: metricsNamespace(stageName),
      metricName,
      dimensionsMap: { service },
      label: metricName,
      statistic,
      ...minute,
    });
  const ofUrl = (name: string) => functions.api.metric(name, { ...minute, statistic: Stats.SUM });
  const each = (metric: (function_: Function) => IMetric): Record<FunctionName, IMetric> => ({
    api: metric(functions.api),
    delivery: metric(functions.delivery),
    scheduler: metric(functions.scheduler),
    migrate: metric(functions.migrate),
  });
  return {
    oldestDueSeconds: own("scheduler", "OldestDueSeconds", Stats.MAXIMUM),
    eventsAccepted: own("api", "EventsAccepted", Stats.SUM),
    diedDeliveries: own("delivery", "DeadLetters", Stats.SUM),
    endpointLatency: [Stats.percentile(50), Stats.percentile(99)].map((statistic) =>
      own("delivery", "EndpointLatency", statistic),
    ),
    troubles: [
      own("api", "LedgerUnavailable", Stats.SUM),
      own("delivery", "LedgerUnavailable", Stats.SUM),
      own("api", "QueueSendFailures", Stats.SUM),
    ],
    deadLetters: queues.deadLetters.metricApproximateNumberOfMessagesVisible(minute),
    queueAgeSeconds: queues.deliveries.metricApproximateAgeOfOldestMessage(minute),
    apiErrorPercent: new MathExpression({
      label: "Requests that ended in 5xx, %",
      expression: "100 * failed / requests",
      usingMetrics: { failed: ofUrl("Url5xxCount"), requests: ofUrl("UrlRequestCount") },
      ...minute,
    }),
    errors: each((function_) => function_.metricErrors(minute)),
    throttles: each((function_) => function_.metricThrottles(minute)),
    schedulerRuns: functions.scheduler.metricInvocations(minute),
  };
}

/** What an operator looks at first. */
export function createDashboard(
  scope: Construct,
  stageName: string,
  metrics: Metrics,
  functions: Record<FunctionName, Function>,
): void {
  // The class declares `warnings` as possibly undefined, its interface does not: the same under looser type rules.
  const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 12 }) as IWidget;
  const durations = [functions.api, functions.delivery].flatMap((function_) => [
    function_.metricDuration({ statistic: "p50" }),
    function_.metricDuration({ statistic: "p99" }),
  ]);
  new Dashboard(scope, "Dashboard", {
    dashboardName: `columba-${stageName}`,
    widgets: [
      [
        graph("Oldest due attempt, s", [metrics.oldestDueSeconds]),
        graph("Age of the queue, s", [metrics.queueAgeSeconds]),
      ],
      [
        graph("Events accepted", [metrics.eventsAccepted]),
        graph("Endpoints' answers, ms", metrics.endpointLatency),
      ],
      [
        graph("Deliveries given up", [metrics.diedDeliveries]),
        graph("Ledger or queue away", metrics.troubles),
      ],
      [
        graph("Messages that could not be handled", [metrics.deadLetters]),
        graph("API errors, %", [metrics.apiErrorPercent]),
      ],
      [graph("Durations, ms", durations), graph("Throttles", Object.values(metrics.throttles))],
      [
        graph("Errors", Object.values(metrics.errors)),
        graph("Runs", [functions.api.metricInvocations(), functions.delivery.metricInvocations()]),
      ],
    ],
  });
}
