import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import { type RunningHotkeep, startHotkeep, takeLoopbackRange } from "hotkeep/testing";
import { expect, it } from "vitest";

const count = 30;
const perPage = 7;
const TableName = "Paged";

const clientsOf = ({ endpoint, region, credentials }: RunningHotkeep) => {
  const options = { endpoint, region, credentials: { ...credentials.root! }, maxAttempts: 1 };
  return { db: new DynamoDB(options), streams: new DynamoDBStreams(options) };
};
type Clients = ReturnType<typeof clientsOf>;

/** One page and the token of the next; the token goes through JSON, as an application would keep it. */
type Pager = (
  clients: Clients,
  token: unknown,
) => Promise<{ readonly found: readonly (string | undefined)[]; readonly token: unknown }>;

const ids = (items: readonly { readonly sk?: { N?: string } }[] | undefined) => items?.map(({ sk }) => sk?.N) ?? [];

const pagers: Readonly<Record<string, Pager>> = {
  Query: async ({ db }, token) => {
    const { Items, LastEvaluatedKey } = await db.query({
      TableName,
      Limit: perPage,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": { S: "p" } },
      ExclusiveStartKey: token as never,
    });
    return { found: ids(Items), token: LastEvaluatedKey };
  },
  "Query of an index, backwards": async ({ db }, token) => {
    const { Items, LastEvaluatedKey } = await db.query({
      TableName,
      IndexName: "byKind",
      Limit: perPage,
      ScanIndexForward: false,
      KeyConditionExpression: "kind = :kind",
      ExpressionAttributeValues: { ":kind": { S: "one" } },
      ExclusiveStartKey: token as never,
    });
    return { found: ids(Items), token: LastEvaluatedKey };
  },
  Scan: async ({ db }, token) => {
    const { Items, LastEvaluatedKey } = await db.scan({ TableName, Limit: perPage, ExclusiveStartKey: token as never });
    return { found: ids(Items), token: LastEvaluatedKey };
  },
  ExecuteStatement: async ({ db }, token) => {
    const { Items, NextToken } = await db.executeStatement({
      Statement: `SELECT sk FROM "${TableName}" WHERE pk = 'p'`,
      Limit: perPage,
      NextToken: token as string | undefined,
    });
    return { found: ids(Items), token: NextToken };
  },
  ListTables: async ({ db }, token) => {
    const { TableNames, LastEvaluatedTableName } = await db.listTables({
      Limit: 1,
      ExclusiveStartTableName: token as string | undefined,
    });
    return { found: TableNames!, token: LastEvaluatedTableName };
  },
  GetRecords: async ({ streams }, token) => {
    let iterator = token as string | undefined;
    if (iterator === undefined) {
      const { Streams } = await streams.listStreams({ TableName });
      const { StreamArn } = Streams![0]!;
      const { StreamDescription } = await streams.describeStream({ StreamArn });
      const start = { StreamArn, ShardId: StreamDescription!.Shards![0]!.ShardId } as const;
      iterator = (await streams.getShardIterator({ ...start, ShardIteratorType: "TRIM_HORIZON" })).ShardIterator;
    }
    const { Records, NextShardIterator } = await streams.getRecords({ ShardIterator: iterator, Limit: perPage });
    return {
      found: ids(Records!.map(({ dynamodb }) => dynamodb!.Keys!)),
      token: Records!.length === 0 ? undefined : NextShardIterator,
    };
  },
};

it("goes on with every kind of page after the gateway was stopped, or killed, and started again", {
  timeout: 600_000,
}, async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "hotkeep-restart-"));
  const range = await takeLoopbackRange();
  const start = () => startHotkeep({ dataDirectory, range, empty: true });
  let hotkeep = await start();
  let clients = clientsOf(hotkeep);
  await clients.db.createTable({
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      { AttributeName: "pk", AttributeType: "S" },
      { AttributeName: "sk", AttributeType: "N" },
      { AttributeName: "kind", AttributeType: "S" },
    ],
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: "byKind",
        KeySchema: [{ AttributeName: "kind", KeyType: "HASH" }],
        Projection: { ProjectionType: "ALL" },
      },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
  });
  await clients.db.createTable({
    TableName: "Second",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  });
  for (let n = 0; n < count; n++) {
    await clients.db.putItem({ TableName, Item: { pk: { S: "p" }, sk: { N: String(n) }, kind: { S: "one" } } });
  }

  const found = new Map<string, (string | undefined)[]>(Object.keys(pagers).map((name) => [name, []]));
  /** Where each way of reading goes on; those at their end are not in it. */
  let open = new Map<string, unknown>(Object.keys(pagers).map((name) => [name, undefined]));
  const turn = async (): Promise<void> => {
    const next: [string, unknown][] = [];
    for (const [name, before] of open) {
      const page = await pagers[name]!(clients, before);
      found.get(name)!.push(...page.found);
      if (page.token !== undefined) next.push([name, page.token]);
    }
    open = new Map(JSON.parse(JSON.stringify(next)) as [string, unknown][]);
  };
  const again = async (end: () => Promise<unknown>): Promise<void> => {
    for (const client of Object.values(clients)) client.destroy();
    await end();
    hotkeep = await start();
    clients = clientsOf(hotkeep);
  };
  await turn();
  expect([...open.keys()]).toEqual(Object.keys(pagers));
  await again(() => hotkeep.stop());
  await turn();
  await again(() => hotkeep.kill());
  while (open.size > 0) await turn();

  const all = Array.from({ length: count }, (_, n) => String(n));
  expect(Object.fromEntries(found)).toEqual({
    Query: all,
    "Query of an index, backwards": all.toReversed(),
    Scan: all,
    ExecuteStatement: all,
    ListTables: [TableName, "Second"],
    GetRecords: all,
  });
  for (const client of Object.values(clients)) client.destroy();
  await hotkeep.stop();
  range.release();
  rmSync(dataDirectory, { recursive: true });
});
