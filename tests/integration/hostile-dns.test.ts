import { createSocket } from "node:dgram";
import type { LookupAddress } from "node:dns";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { callbackify } from "node:util";
import packet, { type Answer } from "dns-packet";
import { expect, test } from "vitest";
import type { Resolve } from "#core/delivery/address-guard.ts";
import { createSender } from "#core/delivery/send.ts";
import { startReceiver } from "../helpers/receiver.ts";
import { outgoing } from "../helpers/outgoing.ts";

const NAME_ERROR = 3;

/** A DNS server that answers what it is told for each look-up of a name, the last answer again and again. */
async function startDns(zone: Readonly<Record<string, readonly (readonly string[])[]>>) {
  const socket = createSocket("udp4");
  const asked: string[] = [];
  socket.on("message", (message, { port, address }) => {
    const query = packet.decode(message);
    const question = query.questions?.[0];
    if (!question) return;
    asked.push(`${question.type} ${question.name}`);
    const times = asked.filter((one) => one === asked.at(-1)).length;
    const turns = zone[question.name] ?? [];
    const addresses = turns[Math.min(times, turns.length) - 1] ?? [];
    const answers = addresses
      .filter((one) => one.includes(":") === (question.type === "AAAA"))
      .map((data): Answer => ({ name: question.name, type: question.type as "A", ttl: 0, data }));
    const flags = turns.length > 0 ? packet.AUTHORITATIVE_ANSWER : NAME_ERROR;
    const response = packet.encode({
      type: "response",
      id: query.id ?? 0,
      flags,
      questions: [question],
      answers,
    });
    socket.send(response, port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  const lookUp = async (hostname: string): Promise<LookupAddress[]> => {
    const six = await resolver.resolve6(hostname).catch(() => []);
    const four = await resolver.resolve4(hostname).catch((error: unknown) => {
      if (six.length === 0) throw error;
      return [];
    });
    return [
      ...six.map((address) => ({ address, family: 6 })),
      ...four.map((address) => ({ address, family: 4 })),
    ];
  };
  const resolve: Resolve = callbackify(lookUp);
  return { asked, resolve, [Symbol.dispose]: () => socket.close() };
}

/** From a test machine a connection to it times out, or is refused by the network. */
const PUBLIC = "93.184.216.34";

test.each<[string, readonly (readonly string[])[], string]>([
  ["loopback", [["127.0.0.1"]], "E_INVALID_TARGET"],
  ["the metadata service", [["169.254.169.254"]], "E_INVALID_TARGET"],
  ["a private one among public ones", [[PUBLIC, "10.0.0.1"]], "E_INVALID_TARGET"],
  ["IPv4 loopback mapped into IPv6", [["::ffff:127.0.0.1"]], "E_INVALID_TARGET"],
  ["loopback through NAT64", [["64:ff9b::7f00:1"]], "E_INVALID_TARGET"],
  ["loopback through 6to4", [["2002:7f00:1::"]], "E_INVALID_TARGET"],
  ["a public IPv4 and a local IPv6", [[PUBLIC, "::1"]], "E_INVALID_TARGET"],
  ["nothing", [], "E_DNS"],
  ["a public one first and loopback ever after", [[PUBLIC], ["127.0.0.1"]], "E_(TIMEOUT|CONNECTION)"],
])("a name that resolves to %s reaches nothing of ours", async (_, turns, errorName) => {
  await using receiver = await startReceiver();
  using dns = await startDns({ "hostile.example": turns });
  const { port } = new URL(receiver.url);
  const sender = createSender({
    timeoutMs: 400,
    connectTimeoutMs: 300,
    publicTargetsOnly: true,
    resolve: dns.resolve,
  });
  const target_url = `http://hostile.example:${port}/`;
  const answer = await sender.send({ ...outgoing, target_url }, new Date());
  await sender.close();
  expect(answer).toMatchObject({ status: null, errorName: expect.stringMatching(errorName) });
  expect(receiver.received).toHaveLength(0);
  expect(dns.asked, "one look-up: what was judged is what is called").toEqual([
    "AAAA hostile.example",
    "A hostile.example",
  ]);
});

test.each([22, 25, 6667])("port %i of a public host is not called, nor looked up", async (port) => {
  using dns = await startDns({ "hostile.example": [[PUBLIC]] });
  const sender = createSender({
    timeoutMs: 400,
    connectTimeoutMs: 300,
    publicTargetsOnly: true,
    resolve: dns.resolve,
  });
  const target_url = `http://hostile.example:${port}/`;
  const answer = await sender.send({ ...outgoing, target_url }, new Date());
  await sender.close();
  expect(answer).toMatchObject({ status: null, errorName: "E_INVALID_TARGET" });
  expect(dns.asked).toEqual([]);
});
