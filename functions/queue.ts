import {
  type BatchResultErrorEntry,
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
/** Deliveries that one message names: each request to SQS costs money, and more of a processor than the delivery itself. */
const MESSAGE_LENGTH = 10;
/** Requests of one process under way at the same time. */
const SENDS_MAX = 8;

const Body = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    application_id: Uuid,
    // Of each delivery its subscription and its id.
    deliveries: v.array(v.strictTuple([Uuid, Uuid])),
    // How often they were received by other messages before.
    receives: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
  }),
);

/** What a message names: deliveries of one application, and how often other messages that named them were received. */
export interface Message {
  readonly names: readonly DeliveryName[];
  readonly receives: number;
}

/** Reads a message. Null when it is not one of ours. */
export function readMessage(body: string): Message | null {
  const parsed = v.safeParse(Body, body);
  if (!parsed.success) return null;
  const { application_id, deliveries, receives } = parsed.output;
  const names = deliveries.map(([subscription_id, delivery_id]) => ({
    application_id,
    subscription_id,
    delivery_id,
  }));
  return { names, receives };
}

type QueuedMessage = readonly QueuedDelivery[];

/** The body of a message that names these deliveries, all of one application. */
export function messageBody(
  application_id: string,
  deliveries: readonly DeliveryName[],
  receives = 0,
): string {
  const names = deliveries.map(({ subscription_id, delivery_id }) => [subscription_id, delivery_id]);
  return JSON.stringify({ application_id, deliveries: names, ...(receives > 0 && { receives }) });
}

/**
 * The deliveries queue on SQS. Messages carry the application as their group, which on a standard queue makes it fair:
 * an application with a backlog does not delay the others. What is sent at the same moment goes in the same requests,
 * and what is of one application and due at the same second in the same messages.
 */
export function createDeliveryQueue(sqs: SQSClient, queueUrl: string): DeliveryQueue {
  const sendMessages = async (messages: readonly QueuedMessage[]): Promise<BatchResultErrorEntry[]> => {
    const { Failed = [] } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: messages.map((deliveries, index) => {
          const { application_id = "", delaySeconds = 0, receives } = deliveries[0] ?? {};
          return {
            Id: String(index),
            MessageBody: messageBody(application_id, deliveries, receives),
            MessageGroupId: application_id,
            ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
          };
        }),
      }),
      { abortSignal: AbortSignal.timeout(TIMEOUT_MS) },
    );
    return Failed;
  };
  const sendOne = coalesce(
    async (deliveries: readonly QueuedDelivery[]) => {
      // Those of others go with them: what is refused is told to whom it concerns.
      const refused = new Map<QueuedDelivery, Error>();
      const send = async (messages: readonly QueuedMessage[]) => {
        for (const { Id, Message } of await sendMessages(messages)) {
          const error = new Error(`SQS refused a message: ${Message}`);
          for (const delivery of messages[Number(Id)] ?? []) refused.set(delivery, error);
        }
      };
      await Promise.all(chunks(toMessages(deliveries), BATCH_LENGTH).map(send));
      return deliveries.map((delivery) => refused.get(delivery));
    },
    { itemsMax: BATCH_LENGTH * MESSAGE_LENGTH, callsMax: SENDS_MAX },
  );
  return {
    async send(deliveries) {
      const sent = await Promise.allSettled(deliveries.map(sendOne));
      const refused = sent.find((result) => result.status === "rejected");
      if (refused) throw refused.reason;
    },
  };
}

/** Together what one message may name. */
function toMessages(deliveries: readonly QueuedDelivery[]): QueuedMessage[] {
  const alike = Map.groupBy(
    deliveries,
    ({ application_id, delaySeconds, receives = 0 }) => `${application_id} ${delaySeconds} ${receives}`,
  );
  return [...alike.values()].flatMap((group) => chunks(group, MESSAGE_LENGTH));
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
    chunks(messages, BATCH_LENGTH).map((batch) =>
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

/** The items in their order, in arrays of at most `length`. */
export function chunks<T>(items: readonly T[], length: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / length) }, (_, index) =>
    items.slice(index * length, (index + 1) * length),
  );
}
