import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Behaviour } from "./plan.ts";
import type { Random } from "./random.ts";

export interface ReceivedRequest {
  readonly endpoint: number;
  readonly eventId: string;
  readonly body: string;
  readonly arrivedAtMs: number;
  /** Of the whole answer that was written out; null when there was none, or none that is HTTP. */
  status: number | null;
}

/** All the endpoints of a run on one port, by path, with a log of all that they got. */
export async function startEndpoints(behaviours: readonly Behaviour[], random: Random) {
  const received: ReceivedRequest[] = [];

  const answer = (entry: ReceivedRequest, status: number, response: ServerResponse) => {
    response.once("finish", () => (entry.status = status));
    response.writeHead(status).end("answered");
  };
  const behave: Record<Behaviour, (entry: ReceivedRequest, response: ServerResponse) => void> = {
    good: (entry, response) => answer(entry, 200, response),
    slow: (entry, response) => void setTimeout(() => answer(entry, 200, response), 100 + random() * 600),
    flaky: (entry, response) => {
      const die = random();
      if (die < 0.1) response.socket?.destroy();
      else answer(entry, die < 0.35 ? 500 : 200, response);
    },
    dead: (entry, response) => answer(entry, 500, response),
    "black-hole": () => {},
    garbage: (_, response) => void response.socket?.end("garbage\r\n\r\n"),
    reset: (_, response) => void response.socket?.resetAndDestroy(),
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const arrivedAtMs = Date.now();
    const body = await text(request);
    const endpoint = Number(request.url?.slice(1));
    const eventId = String(request.headers["x-event-id"]);
    const entry = { endpoint, eventId, body, arrivedAtMs, status: null };
    received.push(entry);
    behave[behaviours[endpoint] ?? "good"](entry, response);
  };
  const server = createServer((request, response) => {
    // A sender that died in the middle of its request has not asked anything.
    handle(request, response).catch(() => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    received,
    url: (endpoint: number) => `http://127.0.0.1:${port}/${endpoint}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
