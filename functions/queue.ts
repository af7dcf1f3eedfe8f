import {
  ChangeMessageVisibilityBatchCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { coalesce } from "#core/coalesce.ts";
import type { DeliveryName } from "#core/delivery/lease.ts";
import type { DeliveryQueue, QueuedDelivery } from "#core/delivery/queue.ts";
import { Uuid } from "#core/schema.ts";

/**
 * Longest that a request to SQS may take, the SDK's retries included. A client that sends an event waits for it, and
 * what does not get through is the ledger's in any case.
 */
const TIMEOUT_MS = 2_000;
/** Entries of one SQS batch request. */
const BATCH_LENGTH = 10;
/** Requests of one process under way at the same time. */
const SENDS_MAX = 64;

const Body = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ application_id: Uuid, subscription_id: Uuid, delivery_id: Uuid }),
);

/** Reads what a message names, or null when the message is not one of ours. */
export function readMessage(body: string): DeliveryName | null {
  const parsed = v.safeParse(Body, body);
  return parsed.success ? parsed.output : null;
}

/**
 * The deliveries queue on SQS. Messages carry the application as their group, which on a standard queue makes it fair:
 * an application with a backlog does not delay the others. What is sent at the same moment goes in the same requests.
 */
export function createDeliveryQueue(sqs: SQSClient, queueUrl: string): DeliveryQueue {
  const sendOne = coalesce(
    async (batch: readonly QueuedDelivery[]) => {
      const { Failed = [] } = await sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: batch.map(({ delaySeconds, ...name }, index) => ({
            Id: String(index),
            MessageBody: JSON.stringify(name),
            MessageGroupId: name.application_id,
            ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
          })),
        }),
        { abortSignal: AbortSignal.timeout(TIMEOUT_MS) },
      );
      const refusals = new Map(Failed.map(({ Id, Message }) => [Id, Message]));
      return batch.map((_, index) => refusals.get(String(index)) ?? null);
    },
    { itemsMax: BATCH_LENGTH, callsMax: SENDS_MAX },
  );
  return {
    async send(deliveries) {
      const sent = await Promise.allSettled(deliveries.map(sendOne));
      for (const result of sent) {
        if (result.status === "rejected") throw result.reason;
        if (result.value !== null) throw new Error(`SQS refused a message: ${result.value}`);
      }
    },
  };
}

/** A message that is to come back to the queue's readers after `seconds`, 0 to 43 200. */
export interface Postponed {
  readonly receiptHandle: string;
  readonly seconds: number;
}

/** Sets when messages become visible again. What fails comes back earlier or later, and the ledger sorts it out. */
export async function postpone(
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly Postponed[],
): Promise<void> {
  await Promise.allSettled(
    batches(messages).map((batch) =>
      sqs.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: queueUrl,
          Entries: batch.map(({ receiptHandle, seconds }, index) => ({
            Id: String(index),
            ReceiptHandle: receiptHandle,
            VisibilityTimeout: seconds,
          })),
        }),
        { abortSignal: AbortSignal.timeout(TIMEOUT_MS) },
      ),
    ),
  );
}

function batches<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH_LENGTH) }, (_, index) =>
    items.slice(index * BATCH_LENGTH, (index + 1) * BATCH_LENGTH),
  );
}
