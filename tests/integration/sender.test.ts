import { createServer, type Socket } from "node:net";
import { once } from "node:events";
import { afterAll, expect, test } from "vitest";
import { isPublicAddress, type Resolve } from "#core/delivery/address-guard.ts";
import { createSender, type Outgoing } from "#core/delivery/send.ts";
import { startReceiver } from "../helpers/receiver.ts";
import { outgoing } from "../helpers/outgoing.ts";

const sender = createSender({ timeoutMs: 400, connectTimeoutMs: 300, publicTargetsOnly: false });
afterAll(() => sender.close());
const send = (overrides: Partial<Outgoing>) => sender.send({ ...outgoing, ...overrides }, new Date());

/** An endpoint that speaks raw TCP: what it says is not always HTTP. */
async function startRaw(speak: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    speak(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`,
    [Symbol.dispose]: () => server.close(),
  };
}

test("keeps 64 KiB of an answer and does not read the rest", async () => {
  let written = 0;
  await using receiver = await startReceiver((response) => {
    const write = () => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384, "x"))) written += 16_384;
      if (!response.destroyed) response.once("drain", write);
    };
    write();
  });
  const answer = await send({ target_url: receiver.url });
  expect(answer).toMatchObject({ errorName: null, status: 200 });
  expect(answer.body).toHaveLength(65_536);
  expect(written).toBeLessThan(20_000_000);
});

test.each([
  [
    "an answer that drips",
    (socket: Socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
      const timer = setInterval(() => socket.write("x"), 50);
      socket.on("close", () => clearInterval(timer));
    },
    { errorName: null, status: 200 },
  ],
  [
    "headers without end",
    (socket: Socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const timer = setInterval(() => socket.write(`x-${Date.now()}: y\r\n`), 20);
      socket.on("close", () => clearInterval(timer));
    },
    { errorName: "E_TIMEOUT", status: null },
  ],
  ["silence", () => {}, { errorName: "E_TIMEOUT", status: null }],
  ["a reset", (socket: Socket) => socket.resetAndDestroy(), { errorName: "E_CONNECTION", status: null }],
  ["garbage", (socket: Socket) => socket.end("garbage\r\n\r\n"), { errorName: "E_UNKNOWN", status: null }],
  [
    "a body cut short",
    (socket: Socket) => socket.end("HTTP/1.1 500 No\r\ncontent-length: 9\r\n\r\nabc"),
    { errorName: "E_HTTP", status: 500 },
  ],
])("an endpoint that gives %s is recorded for what it is, in bounded time", async (_, speak, expected) => {
  using raw = await startRaw(speak);
  const answer = await send({ target_url: raw.url });
  expect(answer).toMatchObject(expected);
  expect(answer.elapsedMs).toBeLessThan(2_000);
});

test("a redirect is a failure and is not followed", async () => {
  await using elsewhere = await startReceiver();
  await using receiver = await startReceiver((response) =>
    response.writeHead(302, { location: elsewhere.url }).end(),
  );
  expect(await send({ target_url: receiver.url })).toMatchObject({ errorName: "E_HTTP", status: 302 });
  expect(elsewhere.received).toHaveLength(0);
});

test("names what went wrong before there was an answer", async () => {
  expect(await send({ target_url: "http://127.0.0.1:1/" })).toMatchObject({ errorName: "E_CONNECTION" });
  expect(await send({ target_url: "http://no-such-host.invalid/" })).toMatchObject({ errorName: "E_DNS" });
  expect(await send({ target_url: "nonsense" })).toMatchObject({ errorName: "E_INVALID_TARGET" });
  expect(await send({ target_url: "http://127.0.0.1:1/", target_headers: { x: "a\nb" } })).toMatchObject({
    errorName: "E_INVALID_HEADER",
  });
});

test("a binary payload goes out decoded and labelled as such, with any method", async () => {
  await using receiver = await startReceiver();
  const payload = Buffer.from([0, 255, 128]);
  const binary = {
    payload,
    payload_content_type: "application/octet-stream+base64",
    target_url: receiver.url,
  };
  for (const target_method of ["GET", "PATCH", "POST", "PUT", "DELETE", "OPTIONS"]) {
    expect(await send({ ...binary, target_method })).toMatchObject({ status: 200 });
    expect(receiver.received.at(-1)).toMatchObject({
      method: target_method,
      headers: { "content-type": "application/octet-stream" },
      body: payload,
    });
  }
});

const forbidden = [
  "127.0.0.1",
  "10.1.2.3",
  "172.16.0.1",
  "192.168.1.1",
  "100.64.0.1",
  "169.254.169.254",
  "0.0.0.0",
  "192.0.0.1",
  "192.0.2.1",
  "198.18.0.1",
  "203.0.113.5",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::127.0.0.1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "2001:db8::1",
  "fc00::1",
  "fe80::1",
  "ff02::1",
];
test.each(forbidden)("the address %s is not public", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});
test.each(["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"])(
  "the address %s is public",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test("no spelling of a private address is reached, and no name that resolves to one", async () => {
  await using receiver = await startReceiver();
  const { port } = new URL(receiver.url);
  const resolve: Resolve = (_, callback) => {
    callback(null, [
      { address: "93.184.216.34", family: 4 },
      { address: "127.0.0.1", family: 4 },
    ]);
  };
  const guarded = createSender({
    timeoutMs: 2_000,
    connectTimeoutMs: 1_000,
    publicTargetsOnly: true,
    resolve,
  });
  const hosts = [
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "mixed.example",
  ];
  for (const host of hosts) {
    const answer = await guarded.send({ ...outgoing, target_url: `http://${host}:${port}/` }, new Date());
    expect(answer, host).toMatchObject({ errorName: "E_INVALID_TARGET", status: null });
  }
  await guarded.close();
  expect(receiver.received).toHaveLength(0);
});
