import { randomUUID } from "node:crypto";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { QueuedDelivery } from "#core/delivery/queue.ts";
import { createDeliveryQueue } from "#functions/queue.ts";
import { median } from "./load.ts";
import { startServer } from "./processes.ts";

const WARM_UP_REQUESTS = 300;
const REQUESTS = 300;
const REPEATS = 5;

/** Processor time of this process, in ms, for a request to SQS that carries 1, 10 and 100 deliveries of one application. */
export async function measureSends(): Promise<{ deliveries: number; cpuMs: number }[]> {
  using server = await startServer("sqs");
  const sqs = new SQSClient({
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId: "bench", secretAccessKey: "bench" },
    useQueueUrlAsEndpoint: false,
    md5: false,
  });
  const queue = createDeliveryQueue(sqs, `${server.url}/000000000000/deliveries`);
  const application_id = randomUUID();
  const request = (length: number): QueuedDelivery[] =>
    Array.from({ length }, () => ({
      application_id,
      subscription_id: randomUUID(),
      delivery_id: randomUUID(),
      delaySeconds: 0,
    }));
  const lengths = [1, 10, 100];
  const times = new Map<number, number[]>(lengths.map((length) => [length, []]));
  for (let count = 0; count < WARM_UP_REQUESTS; count++) await queue.send(request(10));
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (const length of lengths) {
      const before = process.cpuUsage();
      for (let count = 0; count < REQUESTS; count++) await queue.send(request(length));
      const { user, system } = process.cpuUsage(before);
      times.get(length)?.push((user + system) / 1_000 / REQUESTS);
    }
  }
  sqs.destroy();
  return lengths.map((deliveries) => ({ deliveries, cpuMs: median(times.get(deliveries) ?? []) }));
}
