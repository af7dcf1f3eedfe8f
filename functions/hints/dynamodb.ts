import {
  BatchWriteItemCommand,
  QueryCommand,
  type DynamoDBClient,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import type { MinuteStore } from "#core/delivery/due-hints.ts";

/** Requests of one BatchWriteItem. */
const BATCH_LENGTH = 25;
/** All minutes are in one partition, in order: they are few, and the scheduler asks for the first. */
const PARTITION = "due";

/**
 * Minutes as items of a DynamoDB table (key `hint`, sort key `minute`): a write costs less than a millionth of a
 * dollar, an item that is there is overwritten by itself, and no amount of functions writing at once is too many.
 */
export function createDynamoDbStore(dynamoDb: DynamoDBClient, table: string): MinuteStore {
  const key = (minute: number) => ({ hint: { S: PARTITION }, minute: { N: String(minute) } });

  const write = async (requests: WriteRequest[]): Promise<void> => {
    for (let start = 0; start < requests.length; start += BATCH_LENGTH) {
      const batch = requests.slice(start, start + BATCH_LENGTH);
      const { UnprocessedItems } = await dynamoDb.send(
        new BatchWriteItemCommand({ RequestItems: { [table]: batch } }),
      );
      const refused = UnprocessedItems?.[table]?.length ?? 0;
      if (refused > 0) throw new Error(`DynamoDB did not take ${refused} of ${batch.length} writes`);
    }
  };

  const query = async (comparison: "<=" | "<", minute: number, limit?: number): Promise<number[]> => {
    const { Items = [] } = await dynamoDb.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: `hint = :hint and #minute ${comparison} :minute`,
        ExpressionAttributeNames: { "#minute": "minute" },
        ExpressionAttributeValues: { ":hint": { S: PARTITION }, ":minute": { N: String(minute) } },
        ConsistentRead: true,
        ...(limit && { Limit: limit }),
      }),
    );
    return Items.map((item) => Number(item["minute"]?.N));
  };

  return {
    add: (minutes) => write(minutes.map((minute) => ({ PutRequest: { Item: key(minute) } }))),
    async hasUpTo(minute) {
      return (await query("<=", minute, 1)).length > 0;
    },
    async removeBelow(limit) {
      const past = await query("<", limit);
      await write(past.map((minute) => ({ DeleteRequest: { Key: key(minute) } })));
    },
  };
}
