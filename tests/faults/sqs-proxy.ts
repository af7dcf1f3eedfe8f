import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request as send } from "undici";
import type { Random } from "./random.ts";

/** How often each thing happens to a request; the rest pass as they are. */
const rates = { lose: 0.03, duplicate: 0.06, delay: 0.1, refuse: 0.03, dropAnswer: 0.03 };

interface Body {
  QueueUrl: string;
  Entries?: { DelaySeconds?: number }[];
}

/** Stands before SQS and loses, repeats, delays, reorders and refuses what goes through, until `calm`. */
export async function startSqsProxy(port: number, random: Random) {
  const agent = new Agent();
  const done = { lost: 0, duplicated: 0, delayed: 0, refused: 0, answersDropped: 0 };
  let isCalm = false;

  const forward = async (request: IncomingMessage, body: Body) => {
    const { host: _, "content-length": __, connection: ___, ...headers } = request.headers;
    const answer = await send(`http://127.0.0.1:${port}${request.url}`, {
      dispatcher: agent,
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    return {
      status: answer.statusCode,
      type: answer.headers["content-type"],
      text: await answer.body.text(),
    };
  };

  /** What is to be sent on in place of this body; null refuses the request. */
  const tamper = (request: IncomingMessage, body: Body): Body | null => {
    const isSend = request.headers["x-amz-target"] === "AmazonSQS.SendMessageBatch";
    const die = random();
    if (die < rates.refuse) return (done.refused++, null);
    if (!isSend) return body;
    if (die < rates.refuse + rates.lose) {
      done.lost++;
      return { ...body, QueueUrl: `${body.QueueUrl}-dead` };
    }
    if (die < rates.refuse + rates.lose + rates.duplicate) {
      done.duplicated++;
      void sleep(random() * 2_000).then(() => forward(request, body).catch(() => {}));
      return body;
    }
    if (die < rates.refuse + rates.lose + rates.duplicate + rates.delay) {
      done.delayed++;
      // Each its own delay, so that they come in another order.
      return {
        ...body,
        Entries: body.Entries?.map((entry) => ({
          ...entry,
          DelaySeconds: (entry.DelaySeconds ?? 0) + Math.floor(random() * 4),
        })),
      } as Body;
    }
    return body;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = JSON.parse((await buffer(request)).toString()) as Body;
    const sent = isCalm ? body : tamper(request, body);
    if (!sent) {
      response.writeHead(503).end();
      return;
    }
    const answer = await forward(request, sent);
    if (!isCalm && random() < rates.dropAnswer) {
      done.answersDropped++;
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { "content-type": String(answer.type) }).end(answer.text);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    /** What it has done to the traffic. */
    done,
    calm() {
      isCalm = true;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await agent.destroy();
    },
  };
}
