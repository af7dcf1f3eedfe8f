import { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";

/** Lets a function send mail by SES from this address, whose domain (or itself) is verified there. */
export function grantMail(scope: Construct, function_: Function, sender: string): void {
  const domain = sender.slice(sender.lastIndexOf("@") + 1);
  function_.addEnvironment("EMAIL_SENDER_ADDRESS", sender);
  function_.addToRolePolicy(
    new PolicyStatement({
      actions: ["ses:SendEmail", "ses:SendRawEmail"],
      resources: [sender, domain].map((identity) =>
        Stack.of(scope).formatArn({ service: "ses", resource: "identity", resourceName: identity }),
      ),
    }),
  );
}
