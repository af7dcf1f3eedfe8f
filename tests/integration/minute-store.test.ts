import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { MinuteStore } from "#core/delivery/due-hints.ts";
import { createDynamoDbStore } from "#functions/hints/dynamodb.ts";
import { createFolderStore } from "#functions/hints/folder.ts";

/** The real client against a DynamoDB in memory, with the table as the stack makes it. */
async function inDynamoDb() {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  await client.send(
    new CreateTableCommand({
      TableName: "hints",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "hint", KeyType: "HASH" },
        { AttributeName: "minute", KeyType: "RANGE" },
      ],
      AttributeDefinitions: [
        { AttributeName: "hint", AttributeType: "S" },
        { AttributeName: "minute", AttributeType: "N" },
      ],
    }),
  );
  return {
    store: createDynamoDbStore(client, "hints"),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

async function inFolder() {
  const folder = await mkdtemp(join(tmpdir(), "columba-minutes-"));
  return {
    store: createFolderStore(join(folder, "made-when-needed")),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

const places: Record<string, () => Promise<{ store: MinuteStore } & AsyncDisposable>> = {
  DynamoDB: inDynamoDb,
  "a folder": inFolder,
};

test.each(Object.keys(places))("%s keeps minutes until they are removed, in order", async (name) => {
  await using place = await (places[name] ?? inFolder)();
  const { store } = place;
  expect(await store.hasUpTo(29_000_000)).toBe(false);
  await store.add([28_999_999]);
  await store.add(Array.from({ length: 60 }, (_, index) => 28_999_990 + index));
  expect(await store.hasUpTo(28_999_989)).toBe(false);
  expect(await store.hasUpTo(28_999_990)).toBe(true);
  await store.removeBelow(29_000_020);
  expect(await store.hasUpTo(29_000_019)).toBe(false);
  expect(await store.hasUpTo(29_000_020)).toBe(true);
});
