import { once } from "node:events";
import { connect, type AddressInfo } from "node:net";
import { pipeline } from "node:stream";
import type { TestProject } from "vitest/node";
import { createWebSocketStream, WebSocketServer } from "ws";

declare module "vitest" {
  export interface ProvidedContext {
    /** Host and port of the bridge in `npm run test:neon`. */
    neonProxy: string | undefined;
  }
}

/** What stands before Postgres at Neon: one WebSocket a connection, carried to the address that its URL names. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  server.on("connection", (webSocket, request) => {
    const address = new URL(request.url ?? "", "ws://localhost").searchParams.get("address") ?? "";
    const [host = "", port = ""] = address.split(":");
    const stream = createWebSocketStream(webSocket);
    const socket = connect({ host, port: Number(port), noDelay: true });
    pipeline(stream, socket, stream, () => webSocket.terminate());
  });
  project.provide("neonProxy", `127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    for (const client of server.clients) client.terminate();
    await new Promise((done) => server.close(done));
  };
}
