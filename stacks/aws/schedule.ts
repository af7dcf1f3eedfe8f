import { Duration } from "aws-cdk-lib";
import type { Function } from "aws-cdk-lib/aws-lambda";
import { Schedule, ScheduleExpression } from "aws-cdk-lib/aws-scheduler";
import { LambdaInvoke } from "aws-cdk-lib/aws-scheduler-targets";
import type { Construct } from "constructs";

/** Runs the scheduler function each minute. A run that fails is not tried again: the next does its work. */
export function createSchedule(scope: Construct, scheduler: Function): void {
  new Schedule(scope, "EachMinute", {
    schedule: ScheduleExpression.rate(Duration.minutes(1)),
    target: new LambdaInvoke(scheduler, { retryAttempts: 0, maxEventAge: Duration.minutes(1) }),
  });
}
