import type { Function } from "aws-cdk-lib/aws-lambda";
import { InvocationType, Trigger } from "aws-cdk-lib/triggers";
import type { Construct } from "constructs";
import { MIGRATE_TIMEOUT } from "./timeouts.ts";

/**
 * Runs the migrate function when its code or a migration has changed, before the functions that need the new tables are
 * updated. When it fails the deployment stops and rolls back, and the old code goes on serving the old tables.
 */
export function createMigration(scope: Construct, migrate: Function, before: readonly Function[]): void {
  new Trigger(scope, "Migration", {
    handler: migrate,
    timeout: MIGRATE_TIMEOUT,
    invocationType: InvocationType.REQUEST_RESPONSE,
    executeBefore: [...before],
  });
}
