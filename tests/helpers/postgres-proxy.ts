import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** ReadyForQuery outside a transaction: what the statement did has been committed. */
const READY_FOR_QUERY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

interface Cut {
  readonly text: string;
  readonly when: "before" | "after";
  readonly done: () => void;
}

/** Stands before Postgres, counts what it is sent, and cuts connections between a statement and its answer. */
export async function startPostgresProxy(port: number) {
  const sockets = new Set<Socket>();
  let cuts: Cut[] = [];
  let resumeAtMs = 0;
  let sentBytes = 0;

  const takeCut = (data: Buffer): Cut | undefined => {
    const cut = cuts.find(({ text }) => data.includes(text));
    if (cut) cuts = cuts.filter((other) => other !== cut);
    return cut;
  };

  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    const both = [client, upstream];
    const destroy = () => both.forEach((socket) => socket.destroy());
    let awaited: Cut | undefined;
    for (const socket of both) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", destroy).on("close", () => {
        sockets.delete(socket);
        destroy();
      });
    }
    client.on("data", (data) => {
      sentBytes += data.byteLength;
      const cut = takeCut(data);
      if (cut?.when === "before") {
        destroy();
        cut.done();
        return;
      }
      awaited ??= cut;
      // A stall holds statements back for a while, as a network that loses packets does.
      const stalledMs = resumeAtMs - Date.now();
      if (stalledMs > 0) setTimeout(() => upstream.write(data), stalledMs);
      else upstream.write(data);
    });
    upstream.on("data", (data) => {
      if (!awaited) client.write(data);
      else if (data.includes(READY_FOR_QUERY)) {
        destroy();
        awaited.done();
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();

  return {
    port: typeof address === "object" && address ? address.port : 0,
    /** Cuts the connection of the next statement with this text. Resolves when it has, or after `patienceMs`. */
    cut(text: string, when: Cut["when"], patienceMs: number): Promise<boolean> {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const cut = { text, when, done: () => resolve(true) };
      cuts.push(cut);
      setTimeout(() => {
        cuts = cuts.filter((other) => other !== cut);
        resolve(false);
      }, patienceMs).unref();
      return promise;
    },
    /** All that clients have sent so far. */
    sentBytes: () => sentBytes,
    cutAll: () => sockets.forEach((socket) => socket.destroy()),
    stall(ms: number) {
      resumeAtMs = Date.now() + ms;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      sockets.forEach((socket) => socket.destroy());
    },
  };
}
