import type { SQSClient } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Logger } from "pino";
import { deliver, type DeliveryContext, type Disposition } from "#core/delivery/deliver.ts";
import type { DeliveryMessage, QueuedDelivery } from "#core/delivery/queue.ts";
import { isUnavailable } from "#core/unavailable.ts";
import { contained } from "#functions/contained.ts";
import { createObserver } from "#functions/delivery/observe.ts";
import type { Metrics } from "#functions/metrics.ts";
import { chunks, postpone, readMessage, type Message, type Postponed } from "#functions/queue.ts";

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

/** Deliveries that are claimed, sent and recorded together. */
const CLAIM_LENGTH = 100;

/** The delivery function: reports as failed, and so keeps in the queue, what is to wait there. */
export function createHandler(deps: DeliveryDeps): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const { ctx, sqs, queueUrl, log, metrics } = deps;
  const observed = { ...ctx, onRecorded: createObserver(log, metrics) };
  return contained({ log, metrics }, async ({ Records }) => {
    const batchItemFailures: { itemIdentifier: string }[] = [];
    const received: Received[] = [];
    for (const record of Records) {
      const message = readMessage(record.body);
      if (message) received.push(toReceived(record, message));
      else {
        log.error({ messageId: record.messageId }, "a message that is not ours");
        batchItemFailures.push({ itemIdentifier: record.messageId });
      }
    }

    const claims = chunks(
      received.flatMap(({ messages }) => messages),
      CLAIM_LENGTH,
    );
    const delivered = await Promise.allSettled(claims.map((claim) => deliver(observed, claim)));
    const failed = delivered.filter((result) => result.status === "rejected");
    if (failed[0] && failed.length === delivered.length) throw failed[0].reason;
    const dispositions = delivered.flatMap((result, index) => toDispositions(result, claims[index] ?? []));
    const postponed: Postponed[] = [];
    const separated: QueuedDelivery[] = [];
    let next = 0;
    for (const { record, messages, receives } of received) {
      const own = messages.map((name) => ({ name, disposition: dispositions[next++] ?? SPENT }));
      const unrecorded = own.find(({ disposition }) => disposition.kind === "unrecorded");
      const waiting = own.flatMap(({ name, disposition }) =>
        disposition.kind === "wait"
          ? [{ ...name, delaySeconds: secondsUntil(disposition.until, ctx.now()), receives }]
          : [],
      );
      if (unrecorded?.disposition.kind === "unrecorded") {
        const { error } = unrecorded.disposition;
        if (isUnavailable(error)) metrics.add("LedgerUnavailable", 1);
        log.error({ messageId: record.messageId, error }, "an attempt was not recorded");
        batchItemFailures.push({ itemIdentifier: record.messageId });
        separated.push(...waiting);
      } else if (waiting[0] && own.length === 1) {
        batchItemFailures.push({ itemIdentifier: record.messageId });
        postponed.push({ receiptHandle: record.receiptHandle, seconds: waiting[0].delaySeconds });
      } else {
        separated.push(...waiting);
      }
    }
    await Promise.all([postpone(sqs, queueUrl, postponed), separate(deps, separated)]);
    return { batchItemFailures };
  });
}

interface Received {
  readonly record: SQSRecord;
  readonly messages: readonly DeliveryMessage[];
  /** How often what it names has been received, this time included. */
  readonly receives: number;
}

const SPENT: Disposition = { kind: "spent" };

function toReceived(record: SQSRecord, message: Message): Received {
  const receives = message.receives + Number(record.attributes.ApproximateReceiveCount);
  const mayWait = receives < RECEIVES_MAX;
  return { record, messages: message.names.map((name) => ({ ...name, mayWait })), receives };
}

/** A claim that failed is its own messages' failure, and not that of the other claims. */
function toDispositions(
  result: PromiseSettledResult<Disposition[]>,
  messages: readonly DeliveryMessage[],
): Disposition[] {
  if (result.status === "fulfilled") return result.value;
  return messages.map(() => ({ kind: "unrecorded", error: result.reason }));
}

/**
 * Sends messages of their own for what has to wait, each for another time, and came together with others. What is not
 * sent has a lease in the ledger, and the scheduler sends it when that runs out.
 */
async function separate({ ctx, log }: DeliveryDeps, deliveries: readonly QueuedDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  try {
    // The same delivery may have come in two messages.
    const once = new Map(deliveries.map((delivery) => [delivery.delivery_id, delivery]));
    await ctx.queue.send([...once.values()]);
  } catch (error) {
    log.warn({ error, deliveries: deliveries.length }, "retries were not enqueued; the scheduler will");
  }
}

const secondsUntil = (instant: Date, now: Date) =>
  Math.max(0, Math.ceil((instant.getTime() - now.getTime()) / 1_000));
