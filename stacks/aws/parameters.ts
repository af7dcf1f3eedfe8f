import { Stack } from "aws-cdk-lib";
import { PolicyStatement, type IGrantable } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";

/**
 * Settings that functions read from SSM when they start. The operator makes them as SecureString, which keeps
 * them out of templates and of the functions' configuration; the stack makes APP_URL.
 * One that does not exist leaves its setting unset.
 */
type Parameter =
  | "SMTP_CONNECTION_URL"
  | "DATABASE_URL"
  | "BISCUIT_PRIVATE_KEY"
  | "MASTER_API_KEY"
  | "HEALTH_CHECK_KEY"
  | "APP_URL";

export const parameterName = (stageName: string, parameter: Parameter) =>
  `/columba/${stageName}/${parameter}`;

/** Lets a function read these parameters and no others, and returns the setting that tells it to. */
export function grantParameters(
  scope: Construct,
  grantee: IGrantable,
  stageName: string,
  parameters: readonly Parameter[],
): { SECRET_PARAMETERS: string } {
  const names = parameters.map((parameter) => parameterName(stageName, parameter));
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ["ssm:GetParameters"],
      resources: names.map((name) =>
        Stack.of(scope).formatArn({ service: "ssm", resource: "parameter", resourceName: name.slice(1) }),
      ),
    }),
  );
  return { SECRET_PARAMETERS: names.join(",") };
}
