import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { setTimeout as sleep } from "node:timers/promises";

const RECEIVE_MAX = 10;
const BATCH_MAX = 10;
const WAIT_SECONDS = 20;
const RECEIVE_GRACE_SECONDS = 10;
const RECEIVERS = 2;
const RETRY_DELAY_MS = 500;

export interface PollerOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly handler: (event: SQSEvent) => Promise<SQSBatchResponse>;
  /** Batches that may be with the handler at the same time, as the event source's maximum concurrency. */
  readonly concurrencyMax: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Does what Lambda's SQS event source does: polls the queue, calls the handler with batches in Lambda's event shape,
 * and deletes what the handler did not report as failed. A batch is what can be had at once, up to 10 messages.
 */
export function startPoller(options: PollerOptions): { stop(): Promise<void> } {
  const { sqs, queueUrl, onError } = options;
  const stopping = new AbortController();
  const inFlight = new Set<Promise<void>>();

  const receive = async (waitSeconds: number): Promise<Message[]> => {
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: RECEIVE_MAX,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ["All"],
    });
    const deadline = AbortSignal.timeout((waitSeconds + RECEIVE_GRACE_SECONDS) * 1_000);
    const { Messages } = await sqs.send(command, {
      abortSignal: AbortSignal.any([stopping.signal, deadline]),
    });
    return Messages ?? [];
  };

  const receiveBatch = async (): Promise<Message[]> => {
    const batch = await receive(WAIT_SECONDS);
    let isFull = batch.length === RECEIVE_MAX;
    while (isFull && batch.length < BATCH_MAX) {
      // What has been received is hidden from others: it is handled although no more can be had.
      const more = await receive(0).catch(() => []);
      isFull = more.length === RECEIVE_MAX;
      batch.push(...more);
    }
    return batch;
  };

  const handle = async (batch: Message[]): Promise<void> => {
    const { batchItemFailures } = await options.handler({ Records: batch.map(toRecord) });
    const failed = new Set(batchItemFailures.map((failure) => failure.itemIdentifier));
    const done = batch.filter(({ MessageId }) => !failed.has(MessageId ?? ""));
    for (let start = 0; start < done.length; start += RECEIVE_MAX) {
      const entries = done.slice(start, start + RECEIVE_MAX);
      await sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: entries.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
        }),
      );
    }
  };

  const poll = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const batch = await receiveBatch();
        if (batch.length > 0) {
          const handled = handle(batch)
            .catch(onError)
            .finally(() => inFlight.delete(handled));
          inFlight.add(handled);
        }
        while (inFlight.size >= options.concurrencyMax) await Promise.race(inFlight);
      } catch (error) {
        if (stopping.signal.aborted) break;
        onError(error);
        await sleep(RETRY_DELAY_MS);
      }
    }
  };
  const receivers = Array.from({ length: RECEIVERS }, poll);

  return {
    async stop() {
      stopping.abort();
      await Promise.all(receivers);
      await Promise.all(inFlight);
    },
  };
}

function toRecord(message: Message): SQSRecord {
  return {
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    attributes: message.Attributes as unknown as SQSRecord["attributes"],
    messageAttributes: {},
    md5OfBody: message.MD5OfBody ?? "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:deliveries",
    awsRegion: "us-east-1",
  };
}
