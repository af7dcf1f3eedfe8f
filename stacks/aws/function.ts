import { join } from "node:path";
import { RemovalPolicy, type Duration } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { FunctionName } from "./bundle/bundle.ts";
import type { Stage } from "./stages.ts";

export interface FunctionOptions {
  readonly name: FunctionName;
  readonly description: string;
  readonly bundlesFolder: string;
  readonly stage: Stage;
  readonly memoryMb: number;
  readonly timeout: Duration;
  readonly concurrencyMax?: number | undefined;
  readonly environment: Record<string, string>;
}

/** One of our bundles as a function, with a role that may write its own log and nothing else yet. */
export function createFunction(scope: Construct, options: FunctionOptions): Function {
  const id = options.name.charAt(0).toUpperCase() + options.name.slice(1);
  const { stage } = options;
  const logGroup = new LogGroup(scope, `${id}Log`, {
    retention: stage.logRetentionDays,
    removalPolicy: stage.isProtected ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  // Not the managed policy for Lambda: it lets a function write to every log of the account.
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
  logGroup.grantWrite(role);
  return new Function(scope, id, {
    description: options.description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: Code.fromAsset(join(options.bundlesFolder, options.name)),
    handler: "handler.handler",
    memorySize: options.memoryMb,
    timeout: options.timeout,
    role,
    logGroup,
    ...(options.concurrencyMax && { reservedConcurrentExecutions: options.concurrencyMax }),
    environment: { NODE_OPTIONS: "--enable-source-maps", ...stage.settings, ...options.environment },
  });
}
