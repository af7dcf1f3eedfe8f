import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, BillingMode, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";

/** When attempts fall due, by the minute (`functions/hints/dynamodb.ts`). Can be lost: a sweep finds what was in it. */
export function createDueHintsTable(scope: Construct): Table {
  return new Table(scope, "DueHints", {
    partitionKey: { name: "hint", type: AttributeType.STRING },
    sortKey: { name: "minute", type: AttributeType.NUMBER },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.DEFAULT,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
