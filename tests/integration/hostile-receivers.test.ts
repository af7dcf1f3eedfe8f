import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { createSender, type Outgoing } from "#core/delivery/send.ts";
import { outgoing } from "../helpers/outgoing.ts";

const BODY_BYTES_MAX = 65_536;
const sender = createSender({ timeoutMs: 500, connectTimeoutMs: 300, publicTargetsOnly: false });
afterAll(() => sender.close());
const send = (overrides: Partial<Outgoing>) => sender.send({ ...outgoing, ...overrides }, new Date());

async function listen(server: Server, scheme = "http") {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `${scheme}://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`,
    [Symbol.dispose]: () => server.close(),
  };
}

/** An endpoint that says what it wants once a request has come, on each request of a connection. */
const startRaw = (speak: (socket: Socket, count: number) => void) => {
  let count = 0;
  return listen(
    createServer((socket) => {
      socket.on("error", () => {}).on("data", () => speak(socket, ++count));
    }),
  );
};

/** Writes the same text for as long as the connection takes it. */
const forever = (text: string) => (socket: Socket) => {
  const write = () => {
    while (!socket.destroyed && socket.write(text));
    if (!socket.destroyed) socket.once("drain", write);
  };
  write();
};
const every = (ms: number, head: string, text: string) => (socket: Socket) => {
  socket.write(head);
  const timer = setInterval(() => socket.write(text), ms);
  socket.on("close", () => clearInterval(timer));
};
const say = (text: string) => (socket: Socket) => void socket.write(text);

const OK = "HTTP/1.1 200 OK\r\n";
test.each([
  [
    "headers without end",
    (socket: Socket) => (socket.write(OK), forever("x-more: headers\r\n".repeat(500))(socket)),
    { errorName: "E_CONNECTION", status: null },
  ],
  [
    "one huge header",
    say(`${OK}x: ${"y".repeat(1_000_000)}\r\n\r\n`),
    { errorName: "E_CONNECTION", status: null },
  ],
  ["a byte of a header at a time", every(50, OK, "x"), { errorName: "E_TIMEOUT", status: null }],
  [
    "a byte of the body at a time",
    every(50, `${OK}content-length: 900\r\n\r\n`, "x"),
    { errorName: null, status: 200 },
  ],
  [
    "early hints without end",
    forever("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(500)),
    { errorName: "E_TIMEOUT", status: null },
  ],
  [
    "another protocol",
    say("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
    { errorName: "E_CONNECTION", status: null },
  ],
  [
    "a body shorter than its length",
    (socket: Socket) => void socket.end(`${OK}content-length: 9\r\n\r\nabc`),
    { errorName: null, status: 200 },
  ],
  [
    "a broken chunk",
    say(`${OK}transfer-encoding: chunked\r\n\r\nzz\r\nabc`),
    { errorName: null, status: 200 },
  ],
  ["a negative length", say(`${OK}content-length: -1\r\n\r\n`), { errorName: "E_UNKNOWN", status: null }],
  [
    "two lengths",
    say(`${OK}content-length: 1\r\ncontent-length: 2\r\n\r\nab`),
    { errorName: "E_CONNECTION", status: null },
  ],
  [
    "a NUL in a header",
    say(`${OK}x: a\0b\r\ncontent-length: 0\r\n\r\n`),
    { errorName: "E_UNKNOWN", status: null },
  ],
  [
    "a reset amid the headers",
    (socket: Socket) => void socket.write(`${OK}x: y`, () => socket.resetAndDestroy()),
    { errorName: "E_CONNECTION", status: null },
  ],
  [
    "a reset amid the body",
    (socket: Socket) =>
      void socket.write(`HTTP/1.1 500 No\r\ncontent-length: 9\r\n\r\nabc`, () =>
        setTimeout(() => socket.resetAndDestroy(), 50),
      ),
    { errorName: "E_HTTP", status: 500 },
  ],
])(
  "an endpoint that gives %s is recorded for what it is, in bounded time and memory",
  async (_, speak, expected) => {
    using raw = await startRaw(speak);
    const answer = await send({ target_url: raw.url });
    expect(answer).toMatchObject(expected);
    expect(answer.elapsedMs).toBeLessThan(2_000);
    expect(answer.body?.byteLength ?? 0).toBeLessThanOrEqual(BODY_BYTES_MAX);
  },
);

test("an endpoint that reads nothing of a large request is a timeout", async () => {
  using deaf = await listen(
    createServer({ pauseOnConnect: true }, (socket) => void socket.on("error", () => {})),
  );
  const answer = await send({ target_url: deaf.url, payload: Buffer.alloc(20_000_000) });
  expect(answer).toMatchObject({ errorName: "E_TIMEOUT", status: null });
});

test("a gzip bomb is kept as it came, not unpacked", async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  using raw = await startRaw((socket) => {
    socket.write(`${OK}content-encoding: gzip\r\ncontent-length: ${bomb.byteLength}\r\n\r\n`);
    socket.write(bomb);
  });
  const answer = await send({ target_url: raw.url });
  expect(answer).toMatchObject({ errorName: null, status: 200 });
  expect(answer.body?.equals(bomb.subarray(0, BODY_BYTES_MAX))).toBe(true);
});

test("what comes after an answer is not taken for the answer to the next request", async () => {
  using raw = await startRaw((socket, count) => {
    if (count === 1)
      socket.write(`${OK}content-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged`);
    else socket.write("HTTP/1.1 500 No\r\ncontent-length: 4\r\n\r\nreal");
  });
  await send({ target_url: raw.url });
  const answers = [];
  for (let count = 0; count < 5; count++) answers.push(await send({ target_url: raw.url }));
  expect(answers.map(({ status, body }) => [status, body?.toString()])).toEqual(
    answers.map(() => [500, "real"]),
  );
});

test("endless answers, many at once, cost 64 KiB each", async () => {
  let written = 0;
  using raw = await startRaw((socket) => {
    socket.write(`${OK}transfer-encoding: chunked\r\n\r\n`);
    const chunk = `8000\r\n${"x".repeat(0x8000)}\r\n`;
    const write = () => {
      while (!socket.destroyed && socket.write(chunk)) written += chunk.length;
      if (!socket.destroyed) socket.once("drain", write);
    };
    write();
  });
  // The endpoint runs in this process and is what takes the time.
  const patient = createSender({ timeoutMs: 10_000, connectTimeoutMs: 5_000, publicTargetsOnly: false });
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => patient.send({ ...outgoing, target_url: raw.url }, new Date())),
  );
  await patient.close();
  expect(answers.map(({ status, body }) => [status, body?.byteLength])).toEqual(
    answers.map(() => [200, BODY_BYTES_MAX]),
  );
  expect(written, "what the connections took, buffers of the kernel included").toBeLessThan(30 * 20_000_000);
});

test("TLS that fails is a connection that failed: an untrusted certificate, no TLS at all, a handshake that stalls", async () => {
  const pem = await readFile(new URL("../vectors/self-signed.pem", import.meta.url));
  using untrusted = await listen(createTlsServer({ key: pem, cert: pem }), "https");
  using plain = await listen(
    createServer((socket) => void socket.on("error", () => {}).end("HTTP/1.1 200 OK\r\n\r\n")),
    "https",
  );
  using stalled = await listen(
    createServer((socket) => void socket.on("error", () => {})),
    "https",
  );
  expect(await send({ target_url: untrusted.url })).toMatchObject({
    errorName: "E_CONNECTION",
    status: null,
  });
  expect(await send({ target_url: plain.url })).toMatchObject({ errorName: "E_CONNECTION", status: null });
  expect(await send({ target_url: stalled.url })).toMatchObject({ errorName: "E_TIMEOUT", status: null });
});
