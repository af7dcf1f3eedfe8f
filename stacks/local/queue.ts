import { reportReady } from "./child.ts";
import { startSqs } from "./sqs.ts";

const { server, ...urls } = await startSqs(Number(process.env["SQS_PORT"]));
reportReady(() => server.stop(), urls);
