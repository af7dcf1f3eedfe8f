import { startFauxqs } from "fauxqs";

/** Longer than a batch of deliveries can take. */
const VISIBILITY_TIMEOUT_SECONDS = 90;
/** A message received this often was never handled: it is poison. */
const RECEIVES_MAX = 20;

/** An SQS endpoint in memory. What it forgets when it ends, the ledger knows. */
export async function startSqs(port: number) {
  const server = await startFauxqs({ port, host: "127.0.0.1", logger: false });
  const deadLetters = server.createQueue("deliveries-dead");
  const deliveries = server.createQueue("deliveries", {
    attributes: {
      VisibilityTimeout: String(VISIBILITY_TIMEOUT_SECONDS),
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: deadLetters.queueArn,
        maxReceiveCount: RECEIVES_MAX,
      }),
    },
  });
  return { server, queueUrl: deliveries.queueUrl, deadLetterQueueUrl: deadLetters.queueUrl };
}
