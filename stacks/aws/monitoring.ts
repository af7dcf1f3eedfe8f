import { Duration } from "aws-cdk-lib";
import {
  Dashboard,
  GraphWidget,
  MathExpression,
  Stats,
  type IMetric,
  type IWidget,
  type Metric,
} from "aws-cdk-lib/aws-cloudwatch";
import type { Function } from "aws-cdk-lib/aws-lambda";
import { FilterPattern, MetricFilter } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { FunctionName } from "./bundle/bundle.ts";
import type { Queues } from "./queues.ts";

export interface Metrics {
  /** How long the oldest attempt that the scheduler found had been due, in seconds. */
  readonly oldestDueSeconds: IMetric;
  readonly deadLetters: IMetric;
  /** Age of the oldest message, in seconds. Messages that wait for a retry grow old, too. */
  readonly queueAgeSeconds: IMetric;
  readonly apiErrorPercent: IMetric;
  readonly errors: Record<FunctionName, IMetric>;
  readonly throttles: Record<FunctionName, IMetric>;
  readonly schedulerRuns: Metric;
}

export function createMetrics(
  scope: Construct,
  stageName: string,
  functions: Record<FunctionName, Function>,
  queues: Queues,
): Metrics {
  const minute = { period: Duration.minutes(1) };
  const oldestDue = new MetricFilter(scope, "OldestDue", {
    logGroup: functions.scheduler.logGroup,
    filterPattern: FilterPattern.numberValue("$.oldest_due_seconds", ">=", 0),
    metricNamespace: "Columba",
    metricName: `OldestDueSeconds-${stageName}`,
    metricValue: "$.oldest_due_seconds",
  });
  const ofUrl = (name: string) => functions.api.metric(name, { ...minute, statistic: Stats.SUM });
  const each = (metric: (function_: Function) => IMetric): Record<FunctionName, IMetric> => ({
    api: metric(functions.api),
    delivery: metric(functions.delivery),
    scheduler: metric(functions.scheduler),
    migrate: metric(functions.migrate),
  });
  return {
    oldestDueSeconds: oldestDue.metric({ ...minute, statistic: Stats.MAXIMUM }),
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
      [graph("Dead letters", [metrics.deadLetters]), graph("API errors, %", [metrics.apiErrorPercent])],
      [graph("Durations, ms", durations), graph("Throttles", Object.values(metrics.throttles))],
      [
        graph("Errors", Object.values(metrics.errors)),
        graph("Runs", [functions.api.metricInvocations(), functions.delivery.metricInvocations()]),
      ],
    ],
  });
}
