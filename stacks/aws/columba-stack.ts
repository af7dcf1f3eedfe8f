import { CfnOutput, SecretValue, Stack, type App } from "aws-cdk-lib";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { createAlarms } from "./alarms.ts";
import { createCdn, type CustomDomain } from "./cdn.ts";
import { createDueHintsTable } from "./due-hints.ts";
import { createFunctions } from "./functions.ts";
import { createMigration } from "./migration.ts";
import { createDashboard, createMetrics } from "./monitoring.ts";
import { parameterName } from "./parameters.ts";
import { createQueues } from "./queues.ts";
import { createSchedule } from "./schedule.ts";
import { stageOf } from "./stages.ts";
import { createWebBucket } from "./web.ts";

export interface ColumbaOptions {
  /** `dev`, `staging`, `production`, or a developer's own name. */
  readonly stageName: string;
  readonly bundlesFolder: string;
  readonly webFolder: string;
  /** Account and region, where the app does not have them. */
  readonly target?: { readonly account: string; readonly region: string } | undefined;
  readonly domain?: CustomDomain | undefined;
  /** Address that mail comes from, of a domain verified in SES. Left out, mail goes by SMTP_CONNECTION_URL. */
  readonly mailSender?: string | undefined;
  /** Who is told of alarms. */
  readonly alarmEmail?: string | undefined;
}

/** The whole system of one stage, but for Postgres. Under any CDK app: SST's or a plain one. */
export function createColumbaStack(app: App, options: ColumbaOptions): Stack {
  const { stageName } = options;
  const stage = stageOf(stageName);
  const stack = new Stack(app, "Columba", {
    ...(options.target && { env: options.target }),
    stackName: `columba-${stageName}`,
    description: "Columba: webhooks as a service",
    terminationProtection: stage.isProtected,
    tags: { application: "columba", stage: stageName },
  });

  const originSecret = createOriginSecret(stack);
  const queues = createQueues(stack);
  const dueHints = createDueHintsTable(stack);
  const functions = createFunctions(stack, { ...options, stage, queues, dueHints, originSecret });
  createMigration(stack, functions.migrate, [functions.api, functions.delivery, functions.scheduler]);
  createSchedule(stack, functions.scheduler);

  const webBucket = createWebBucket(stack, options.webFolder);
  const cdn = createCdn(stack, { ...options, api: functions.api, webBucket, originSecret });
  const appUrl = `https://${options.domain?.name ?? cdn.distributionDomainName}`;
  // Not in the function's environment: the CDN needs the function's URL before it has a name.
  new StringParameter(stack, "AppUrl", {
    parameterName: parameterName(stageName, "APP_URL"),
    stringValue: appUrl,
  });

  const metrics = createMetrics(stageName, functions, queues);
  createDashboard(stack, stageName, metrics, functions);
  if (stage.hasAlarms) createAlarms(stack, metrics, options.alarmEmail);

  new CfnOutput(stack, "AppUrlOutput", { key: "AppUrl", value: appUrl });
  new CfnOutput(stack, "CdnDomain", { value: cdn.distributionDomainName });
  return stack;
}

/** Made in the account and never seen; the template has a reference to it only. */
function createOriginSecret(stack: Stack): string {
  const secret = new Secret(stack, "OriginSecret", {
    description: "What the CDN proves itself with to the API",
    generateSecretString: { excludePunctuation: true, passwordLength: 48 },
  });
  return SecretValue.secretsManager(secret.secretArn).unsafeUnwrap();
}
