import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { Function } from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import type { Construct } from "constructs";
import type { FunctionName } from "./bundle/bundle.ts";
import { grantMail } from "./mail.ts";
import { createFunction, type FunctionOptions } from "./function.ts";
import { grantParameters } from "./parameters.ts";
import { metricsNamespace } from "./monitoring.ts";
import type { Queues } from "./queues.ts";
import type { Stage } from "./stages.ts";
import { API_TIMEOUT, DELIVERY_TIMEOUT, MIGRATE_TIMEOUT, SCHEDULER_TIMEOUT } from "./timeouts.ts";

/** Messages of a batch. Ten can be had without waiting for more to come. */
const BATCH_LENGTH = 10;

export interface FunctionsOptions {
  readonly stageName: string;
  readonly stage: Stage;
  readonly bundlesFolder: string;
  readonly queues: Queues;
  readonly dueHints: Table;
  readonly originSecret: string;
  readonly mailSender?: string | undefined;
}

/** The four functions, each with what its code calls and no more. */
export function createFunctions(scope: Construct, options: FunctionsOptions): Record<FunctionName, Function> {
  const { stage, stageName, queues, dueHints, bundlesFolder } = options;
  const common = {
    DELIVERIES_QUEUE_URL: queues.deliveries.queueUrl,
    DUE_HINTS_TABLE: dueHints.tableName,
    SCHEDULER_SWEEP_SECONDS: String(stage.sweepSeconds),
    METRICS_NAMESPACE: metricsNamespace(stageName),
    // A function serves one event at a time, and asks Postgres one thing after another.
    DATABASE_CONNECTIONS_MAX: "1",
  };
  const create = (function_: Omit<FunctionOptions, "stage" | "bundlesFolder">) =>
    createFunction(scope, { ...function_, stage, bundlesFolder });

  // Half a processor and a bit: starting it is all computing, serving a request is mostly waiting for Postgres.
  const api = create({
    name: "api",
    description: "The REST API",
    memoryMb: 1_024,
    timeout: API_TIMEOUT,
    concurrencyMax: stage.apiConcurrencyMax,
    environment: { ...common, ORIGIN_SECRET: options.originSecret },
  });
  // Signs and sends ten requests at a time: waits for endpoints.
  const delivery = create({
    name: "delivery",
    description: "Delivers a batch of the queue",
    memoryMb: 512,
    timeout: DELIVERY_TIMEOUT,
    environment: common,
  });
  const scheduler = create({
    name: "scheduler",
    description: "Enqueues what is due",
    memoryMb: 512,
    timeout: SCHEDULER_TIMEOUT,
    environment: common,
  });
  const migrate = create({
    name: "migrate",
    description: "Brings the database to the deployed version",
    memoryMb: 512,
    timeout: MIGRATE_TIMEOUT,
    environment: common,
  });

  const sendsMessages = [api, scheduler, delivery];
  for (const sender of sendsMessages) queues.deliveries.grant(sender, "sqs:SendMessage");
  delivery.addEventSource(
    new SqsEventSource(queues.deliveries, {
      batchSize: BATCH_LENGTH,
      maxConcurrency: stage.deliveryConcurrencyMax,
      reportBatchItemFailures: true,
    }),
  );
  for (const writer of [api, delivery]) dueHints.grant(writer, "dynamodb:BatchWriteItem");
  dueHints.grant(scheduler, "dynamodb:BatchWriteItem", "dynamodb:Query");

  const functions = { api, delivery, scheduler, migrate };
  for (const function_ of [delivery, migrate]) readParameters(function_, ["DATABASE_URL"]);
  readParameters(scheduler, ["DATABASE_URL", "APP_URL", "SMTP_CONNECTION_URL"]);
  if (options.mailSender) for (const sender of [api, scheduler]) grantMail(scope, sender, options.mailSender);
  readParameters(api, [
    "DATABASE_URL",
    "SMTP_CONNECTION_URL",
    "BISCUIT_PRIVATE_KEY",
    "MASTER_API_KEY",
    "HEALTH_CHECK_KEY",
    "APP_URL",
  ]);
  return functions;

  function readParameters(function_: Function, parameters: Parameters<typeof grantParameters>[3]) {
    const { SECRET_PARAMETERS } = grantParameters(scope, function_, stageName, parameters);
    function_.addEnvironment("SECRET_PARAMETERS", SECRET_PARAMETERS);
  }
}
