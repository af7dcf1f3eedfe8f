import { Duration } from "aws-cdk-lib";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { DELIVERY_TIMEOUT } from "./timeouts.ts";

/** Above the eight receives after which the delivery function gives a waiting message back to the ledger. */
const RECEIVES_MAX = 20;

export interface Queues {
  readonly deliveries: Queue;
  /** Poison only: what the ledger still owes it enqueues again by itself. */
  readonly deadLetters: Queue;
}

/** Standard queues: the ledger bears duplicates and disorder, and message groups make a standard queue fair. */
export function createQueues(scope: Construct): Queues {
  const common = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
  const deadLetters = new Queue(scope, "DeadLetters", { ...common, retentionPeriod: Duration.days(14) });
  const deliveries = new Queue(scope, "Deliveries", {
    ...common,
    receiveMessageWaitTime: Duration.seconds(20),
    // Lambda's advice is six times the function's timeout.
    visibilityTimeout: Duration.seconds(6 * DELIVERY_TIMEOUT.toSeconds()),
    retentionPeriod: Duration.days(4),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: RECEIVES_MAX },
  });
  return { deliveries, deadLetters };
}
