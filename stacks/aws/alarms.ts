import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, TreatMissingData, type IMetric } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";
import type { Metrics } from "./monitoring.ts";

interface AlarmRule {
  readonly id: string;
  readonly what: string;
  readonly metric: IMetric;
  /** Rings above this. */
  readonly threshold: number;
  /** For so many minutes in a row. */
  readonly minutes: number;
}

/** Alarms that ring for what a person has to look at, sent to a topic. `docs/operations.md` says what to do. */
export function createAlarms(scope: Construct, metrics: Metrics, email: string | undefined): void {
  const topic = new Topic(scope, "AlarmTopic", { enforceSSL: true });
  if (email) topic.addSubscription(new EmailSubscription(email));
  const action = new SnsAction(topic);

  for (const { id, what, metric, threshold, minutes } of rules(metrics)) {
    const alarm = new Alarm(scope, id, {
      alarmDescription: what,
      metric,
      threshold,
      evaluationPeriods: minutes,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
  new Alarm(scope, "SchedulerSilent", {
    alarmDescription: "The scheduler has not run for five minutes: long retries do not leave",
    metric: metrics.schedulerRuns.with({ period: Duration.minutes(5), statistic: "Sum" }),
    threshold: 1,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.BREACHING,
  }).addAlarmAction(action);
}

function rules(metrics: Metrics): AlarmRule[] {
  const perFunction = Object.keys(metrics.errors) as (keyof Metrics["errors"])[];
  return [
    {
      id: "OldestDueAlarm",
      what: "An attempt has been due for more than five minutes: deliveries are late",
      metric: metrics.oldestDueSeconds,
      threshold: 300,
      minutes: 3,
    },
    {
      id: "DeadLettersAlarm",
      what: "A message could not be handled twenty times: a crash of ours",
      metric: metrics.deadLetters,
      threshold: 0,
      minutes: 1,
    },
    {
      id: "QueueAgeAlarm",
      what: "A message is older than all its waits in the queue take together",
      metric: metrics.queueAgeSeconds,
      threshold: 3 * 3_600,
      minutes: 5,
    },
    {
      id: "ApiErrorsAlarm",
      what: "More than 1 % of requests end in 5xx",
      metric: metrics.apiErrorPercent,
      threshold: 1,
      minutes: 5,
    },
    ...perFunction.flatMap((name) => [
      {
        id: `${name}Failures`,
        what: `The ${name} function crashes or runs out of time`,
        metric: metrics.errors[name],
        threshold: 0,
        minutes: 3,
      },
      {
        id: `${name}Throttles`,
        what: `The ${name} function is throttled: raise its concurrency or the account's`,
        metric: metrics.throttles[name],
        threshold: 0,
        minutes: 5,
      },
    ]),
  ];
}
