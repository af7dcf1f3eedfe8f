import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { once } from "node:events";
import { connect, type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { Problem } from "#core/problem.ts";
import { limitBodyTo } from "#functions/api/middleware/body-limit.ts";

const BYTES_MAX = 10;
const FITS = "x".repeat(BYTES_MAX);
const TOO_LONG = "x".repeat(BYTES_MAX + 1);

/** A server that answers how many characters of a body it has read, as the local stack serves the API. */
async function listen() {
  const app = new Hono()
    .use(limitBodyTo(BYTES_MAX))
    .post("/", async (c) => c.text(String((await c.req.text()).length)));
  app.onError((error, c) => c.text(error instanceof Problem ? error.id : "unexpected", 400));
  const server = createAdaptorServer({ fetch: app.fetch });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    /** The body of the answer to these bytes, sent as they are. */
    async say(head: string, body: string): Promise<string | undefined> {
      const socket = connect(port, "127.0.0.1");
      socket.write(`POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${head}\r\n\r\n${body}`);
      return (await text(socket)).split("\r\n\r\n")[1];
    },
    [Symbol.dispose]: () => void server.close(),
  };
}

test.each([
  ["declared", `content-length: ${FITS.length}`, FITS, String(FITS.length)],
  ["declared and too long", `content-length: ${TOO_LONG.length}`, TOO_LONG, "JsonPayload"],
  ["in chunks", "transfer-encoding: chunked", `a\r\n${FITS}\r\n0\r\n\r\n`, String(FITS.length)],
  ["in chunks and too long", "transfer-encoding: chunked", `b\r\n${TOO_LONG}\r\n0\r\n\r\n`, "JsonPayload"],
])("of a body that is %s no more than the limit is read", async (_, head, body, answer) => {
  using server = await listen();
  expect(await server.say(head, body)).toBe(answer);
});
