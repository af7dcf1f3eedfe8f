import type { SQSClient } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Logger } from "pino";
import { isUnavailable } from "#core/unavailable.ts";
import { contained } from "#functions/contained.ts";
import { createObserver } from "#functions/delivery/observe.ts";
import type { Metrics } from "#functions/metrics.ts";
import { deliver, type DeliveryContext, type DeliveryMessage } from "#core/delivery/deliver.ts";
import { postpone, readMessage, type Postponed } from "#functions/queue.ts";

/**
 * After so many receives a message that has to wait is given back to the ledger instead: the queue's redrive takes a
 * message received too often for poison, and a visibility timeout ends after twelve hours in all.
 */
const RECEIVES_MAX = 8;

export interface DeliveryDeps {
  readonly ctx: DeliveryContext;
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** The delivery function: reports as failed, and so keeps in the queue, what is to wait there. */
export function createHandler({
  ctx,
  sqs,
  queueUrl,
  log,
  metrics,
}: DeliveryDeps): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const observed = { ...ctx, onRecorded: createObserver(log, metrics) };
  return contained({ log, metrics }, async ({ Records }) => {
    const readable: { record: SQSRecord; message: DeliveryMessage }[] = [];
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const record of Records) {
      const name = readMessage(record.body);
      if (name) {
        const mayWait = Number(record.attributes.ApproximateReceiveCount) < RECEIVES_MAX;
        readable.push({ record, message: { ...name, mayWait } });
      } else {
        log.error({ messageId: record.messageId }, "a message that is not ours");
        batchItemFailures.push({ itemIdentifier: record.messageId });
      }
    }

    const dispositions = await deliver(
      observed,
      readable.map(({ message }) => message),
    );
    const postponed: Postponed[] = [];
    for (const [index, disposition] of dispositions.entries()) {
      const record = readable[index]?.record;
      if (!record || disposition.kind === "spent") continue;
      batchItemFailures.push({ itemIdentifier: record.messageId });
      if (disposition.kind === "unrecorded") {
        if (isUnavailable(disposition.error)) metrics.add("LedgerUnavailable", 1);
        log.error({ messageId: record.messageId, error: disposition.error }, "an attempt was not recorded");
        continue;
      }
      const seconds = Math.max(0, Math.ceil((disposition.until.getTime() - ctx.now().getTime()) / 1_000));
      postponed.push({ receiptHandle: record.receiptHandle, seconds });
    }
    await postpone(sqs, queueUrl, postponed);
    return { batchItemFailures };
  });
}
