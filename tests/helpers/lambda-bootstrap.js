// What Lambda's Node runtime does: loads the handler from the task folder and asks the Runtime API for events.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

// oxlint-disable-next-line node/no-process-env -- Lambda's own variable, read by Lambda's runtime
const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const post = (path, body) => fetch(`${api}${path}`, { method: "POST", body: JSON.stringify(body ?? null) });
const describe = (error) => ({ errorType: error.name, errorMessage: error.message, stackTrace: error.stack });

const { handler } = await import(pathToFileURL(resolve("handler.mjs")).href).catch(async (error) => {
  await post("/init/error", describe(error));
  process.exit(1);
});

for (;;) {
  const next = await fetch(`${api}/invocation/next`);
  const awsRequestId = next.headers.get("lambda-runtime-aws-request-id");
  const event = await next.json();
  try {
    await post(`/invocation/${awsRequestId}/response`, await handler(event, { awsRequestId }));
  } catch (error) {
    await post(`/invocation/${awsRequestId}/error`, describe(error));
  }
}
