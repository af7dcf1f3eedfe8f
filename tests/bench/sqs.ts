import { startSqs } from "../../stacks/local/sqs.ts";

// A process of its own: the SQS endpoint, so that what a client takes of the processor can be told from what it takes.

const { server } = await startSqs(0);
process.send?.({ address: { port: Number(new URL(server.address).port) } });
process.on("disconnect", () => process.exit());
