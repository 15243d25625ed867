import { DynamoDB, type DynamoDBServiceException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { type LogFields, type Logger, systemClock } from "@hotkeep/core";
import { openRemoteTables, type RemoteTables, type RemoteTablesOptions } from "@hotkeep/tables";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { account, region } from "../harness.js";
import { credentials, SdkServer } from "../sdk-server.js";
import { type DynamoDbLocal, startDynamoDbLocal, whyNoDynamoDbLocal } from "./dynamodb-local.js";
import { RecordingProxy } from "./recording-proxy.js";

const skipped = whyNoDynamoDbLocal();
if (skipped !== undefined) process.stdout.write(`skipped: tables over DynamoDB Local: ${skipped}\n`);

const endpointKeys = { accessKeyId: "AKIAREMOTEEXAMPLE", secretAccessKey: "remote+secret/EXAMPLE" };
const arn = `arn:aws:dynamodb:${region}:${account}:table/Books`;
const key = (title: string) => ({ Author: { S: "Ada" }, Title: { S: title } });

describe.skipIf(skipped !== undefined)("tables over Amazon's DynamoDB Local", { timeout: 60_000 }, () => {
  let local: DynamoDbLocal;
  let proxy: RecordingProxy;
  let server: SdkServer;
  let client: DynamoDB;
  let tables: RemoteTables;
  const logged: { readonly message: string; readonly fields: LogFields | undefined }[] = [];
  const note = (message: string, fields?: LogFields) => void logged.push({ message, fields });
  const logger: Logger = { debug() {}, info() {}, warn: note, error: note };

  const open = (changes: Partial<RemoteTablesOptions> = {}) =>
    openRemoteTables({
      ...{ endpoint: proxy.endpoint, credentials: () => endpointKeys, account, region, clock: systemClock, logger },
      limits: { retryPausesMs: [10, 10], credentialsMs: 0 },
      ...changes,
    });
  const sdk = (endpoint: string, changes = {}) =>
    new DynamoDB({ endpoint, region, credentials: { ...credentials }, maxAttempts: 1, ...changes });
  const failure = async (call: Promise<unknown>): Promise<DynamoDBServiceException> =>
    call.then(
      () => {
        throw new Error("the call did not fail");
      },
      (error: DynamoDBServiceException) => error,
    );

  beforeAll(async () => {
    local = await startDynamoDbLocal();
    proxy = await RecordingProxy.start(local.port);
    tables = open();
    server = await SdkServer.start(tables);
    client = sdk(server.endpoint);
    await client.createTable({
      TableName: "Books",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "Author", AttributeType: "S" },
        { AttributeName: "Title", AttributeType: "S" },
        { AttributeName: "Year", AttributeType: "N" },
      ],
      KeySchema: [
        { AttributeName: "Author", KeyType: "HASH" },
        { AttributeName: "Title", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "byYear",
          KeySchema: [{ AttributeName: "Year", KeyType: "HASH" }],
          Projection: { ProjectionType: "ALL" },
        },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
    });
    // A Java machine starts slowly where others work.
  });
  afterAll(async () => {
    client?.destroy();
    await server?.stop();
    await tables?.close();
    await proxy?.down();
    await local?.stop();
  });
  afterEach(() => {
    proxy.interfere = undefined;
    server.denied.clear();
    server.asked.length = 0;
    logged.length = 0;
    proxy.take();
  });

  it("reads, writes, queries and scans what is there", async () => {
    const blob = Buffer.from([0, 255, 128]);
    await client.putItem({
      TableName: "Books",
      Item: { ...key("Notes"), Year: { N: "1843" }, Blob: { B: blob }, __proto: { M: {} } },
    });
    await client.updateItem({
      TableName: "Books",
      Key: key("Notes"),
      UpdateExpression: "SET Pages = :p",
      ExpressionAttributeValues: { ":p": { N: "66" } },
    });
    const { Item } = await client.getItem({ TableName: "Books", Key: key("Notes"), ConsistentRead: true });
    expect(Item).toMatchObject({ Pages: { N: "66" }, Year: { N: "1843" } });
    expect(Buffer.from(Item!.Blob!.B!)).toEqual(blob);
    await client.batchWriteItem({ RequestItems: { Books: [{ PutRequest: { Item: key("Other") } }] } });
    const query = await client.query({
      TableName: "Books",
      KeyConditionExpression: "Author = :a",
      ExpressionAttributeValues: { ":a": { S: "Ada" } },
      Limit: 1,
    });
    expect(query.Items).toHaveLength(1);
    expect(query.LastEvaluatedKey).toEqual(key("Notes"));
    const index = await client.query({
      TableName: "Books",
      IndexName: "byYear",
      KeyConditionExpression: "#y = :y",
      ExpressionAttributeNames: { "#y": "Year" },
      ExpressionAttributeValues: { ":y": { N: "1843" } },
    });
    expect(index.Items?.[0]?.Title).toEqual({ S: "Notes" });
    const batch = await client.batchGetItem({ RequestItems: { Books: { Keys: [key("Notes"), key("Other")] } } });
    expect(batch.Responses?.Books).toHaveLength(2);
    await client.deleteItem({ TableName: "Books", Key: key("Other") });
    expect((await client.scan({ TableName: "Books", Select: "COUNT" })).Count).toBe(1);
  });

  it("signs with its own keys and forwards nothing of the caller's", async () => {
    await client.getItem({ TableName: "Books", Key: key("Notes") });
    const { headers } = proxy.seen.at(-1)!;
    expect(headers.authorization).toContain(`Credential=${endpointKeys.accessKeyId}/`);
    expect(JSON.stringify(headers)).not.toContain(credentials.accessKeyId);
    expect(Object.keys(headers).sort()).toEqual(
      ["authorization", "connection", "content-length", "content-type", "host", "x-amz-date", "x-amz-target"].sort(),
    );
  });

  it("carries transactions, with the reasons of a cancelled one", async () => {
    await client.transactWriteItems({
      TransactItems: [
        { Put: { TableName: "Books", Item: key("T1") } },
        { Put: { TableName: "Books", Item: key("T2") } },
      ],
    });
    const read = await client.transactGetItems({
      TransactItems: [{ Get: { TableName: "Books", Key: key("T1") } }, { Get: { TableName: "Books", Key: key("T0") } }],
    });
    expect(read.Responses).toEqual([{ Item: key("T1") }, {}]);
    const error = await failure(
      client.transactWriteItems({
        TransactItems: [
          { Delete: { TableName: "Books", Key: key("T2") } },
          {
            Put: {
              TableName: "Books",
              Item: key("T1"),
              ConditionExpression: "attribute_not_exists(Author)",
              ReturnValuesOnConditionCheckFailure: "ALL_OLD",
            },
          },
        ],
      }),
    );
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect((error as TransactionCanceledException).CancellationReasons).toEqual([
      { Code: "None" },
      { Code: "ConditionalCheckFailed", Message: "The conditional request failed", Item: key("T1") },
    ]);
  });

  it("passes errors on with type, message, status and members", async () => {
    const conditional = await failure(
      client.putItem({
        TableName: "Books",
        Item: key("Notes"),
        ConditionExpression: "attribute_not_exists(Author)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    expect(conditional).toMatchObject({
      name: "ConditionalCheckFailedException",
      message: "The conditional request failed",
      Item: { Year: { N: "1843" } },
      $metadata: { httpStatusCode: 400 },
    });
    expect(await failure(client.getItem({ TableName: "Books", Key: { Author: { S: "Ada" } } }))).toMatchObject({
      name: "ValidationException",
      message: "The number of conditions on the keys is invalid",
    });
    expect((await failure(client.describeTable({ TableName: "Gone" }))).name).toBe("ResourceNotFoundException");
    expect(proxy.take().at(-1)).toBe("DescribeTable");
    const unknown = await failure(client.describeContinuousBackups({ TableName: "Books" }));
    expect(unknown.name).toBe("UnknownOperationException");
    expect(proxy.take()).toEqual(["DescribeContinuousBackups"]);
    expect(await failure(client.describeGlobalTable({ GlobalTableName: "Books" }))).toMatchObject({
      name: "UnknownOperationException",
    });
    expect(proxy.take()).toEqual([]);
  });

  it("carries PartiQL, decided by what the statement says", async () => {
    await client.executeStatement({ Statement: `INSERT INTO Books VALUE {'Author': 'Ada', 'Title': 'P1', 'Year': 1}` });
    const { Items } = await client.executeStatement({
      Statement: `SELECT * FROM "Books" WHERE Author = ? AND Title = 'P1'`,
      Parameters: [{ S: "Ada" }],
    });
    expect(Items).toEqual([{ ...key("P1"), Year: { N: "1" } }]);
    await client.executeStatement({ Statement: `SELECT Title FROM Books.byYear WHERE "Year" = 1` });
    const Statement = `DELETE FROM Books WHERE Author = 'Ada' AND Title = 'P1'`;
    await client.executeTransaction({ TransactStatements: [{ Statement }] });
    expect(
      server.asked.map(({ action, resource, context }) => [action, resource, context?.["dynamodb:LeadingKeys"]]),
    ).toEqual([
      ["dynamodb:PartiQLInsert", arn, ["Ada"]],
      ["dynamodb:PartiQLSelect", arn, ["Ada"]],
      ["dynamodb:PartiQLSelect", `${arn}/index/byYear`, ["1"]],
      ["dynamodb:PartiQLDelete", arn, ["Ada"]],
    ]);
    const batch = await client.batchExecuteStatement({ Statements: [{ Statement }] });
    expect(batch.Responses).toHaveLength(1);
    proxy.take();
    const unread = client.batchExecuteStatement({ Statements: [{ Statement }, { Statement: "DELETE Books" }] });
    expect((await failure(unread)).name).toBe("ValidationException");
    server.denied.add(arn);
    expect((await failure(client.executeStatement({ Statement }))).name).toBe("AccessDeniedException");
    expect(proxy.take()).toEqual([]);
  });

  it("tells the table under our ARNs, and takes them", async () => {
    const { Table } = await client.describeTable({ TableName: "Books" });
    expect(Table).toMatchObject({
      TableArn: arn,
      LatestStreamArn: expect.stringContaining(`${arn}/stream/`),
      GlobalSecondaryIndexes: [{ IndexArn: `${arn}/index/byYear` }],
    });
    const got = await client.getItem({ TableName: arn, Key: key("Notes"), ReturnConsumedCapacity: "TOTAL" });
    expect(got.Item?.Year).toEqual({ N: "1843" });
    expect(got.ConsumedCapacity?.TableName).toBe(arn);
    const batch = await client.batchGetItem({ RequestItems: { [arn]: { Keys: [key("Notes")] } } });
    expect(batch.Responses?.[arn]).toHaveLength(1);
    await client.transactWriteItems({ TransactItems: [{ Put: { TableName: arn, Item: key("T3") } }] });
    expect((await client.describeTable({ TableName: arn })).Table?.TableName).toBe("Books");
  });

  it("names a table to the endpoint by the endpoint's own ARN, and leaves the text of tags alone", async () => {
    const fresh = open();
    const own = await SdkServer.start(fresh);
    const other = sdk(own.endpoint);
    // DynamoDB Local has no tags.
    expect((await failure(other.listTagsOfResource({ ResourceArn: arn }))).name).toBe("UnknownOperationException");
    const theirArn = "arn:aws:dynamodb:ddblocal:000000000000:table/Books";
    expect(proxy.seen.map(({ operation, body }) => [operation, JSON.parse(body)])).toEqual([
      ["DescribeTable", { TableName: "Books" }],
      ["ListTagsOfResource", { ResourceArn: theirArn }],
    ]);
    const Tags = [{ Key: "OwnerArn", Value: theirArn }];
    proxy.interfere = (_, response) => void response.writeHead(200).end(JSON.stringify({ Tags }));
    expect((await other.listTagsOfResource({ ResourceArn: arn })).Tags).toEqual(Tags);
    const backup = (table: string) => `${table}/backup/01489602797149-73d8d5bc`;
    const BackupDescription = { BackupDetails: { BackupArn: backup(theirArn), BackupName: theirArn } };
    proxy.interfere = (_, response) => void response.writeHead(200).end(JSON.stringify({ BackupDescription }));
    const described = await other.describeBackup({ BackupArn: backup(arn) });
    expect(described.BackupDescription?.BackupDetails).toMatchObject({ BackupArn: backup(arn), BackupName: theirArn });
    expect(JSON.parse(proxy.seen.at(-1)!.body)).toEqual({ BackupArn: backup(theirArn) });
    expect(own.asked.at(-1)).toEqual({ action: "dynamodb:DescribeBackup", resource: backup(arn) });
    other.destroy();
    await own.stop();
    await fresh.close();
  });

  it("sends times as the protocol does", async () => {
    proxy.interfere = (_, response) => void response.writeHead(200).end("{}");
    await client.listBackups({ TimeRangeLowerBound: new Date(1_700_000_000_500) });
    expect(JSON.parse(proxy.seen.at(-1)!.body)).toEqual({ TimeRangeLowerBound: 1_700_000_000.5 });
  });

  it("has the tables in one Region and one account only", async () => {
    const elsewhere = sdk(server.endpoint, { region: "eu-west-1" });
    const message = `The tables of this endpoint are in Region ${region}: sign requests for it, not for eu-west-1`;
    expect(await failure(elsewhere.listTables({}))).toMatchObject({ name: "ValidationException", message });
    const foreign = arn.replace(region, "eu-west-1");
    expect((await failure(client.getItem({ TableName: foreign, Key: key("Notes") }))).message).toContain("Region");
    const stranger = arn.replace(account, "000000000000").replace(region, "ddblocal");
    expect((await failure(client.getItem({ TableName: stranger, Key: key("Notes") }))).name).toBe(
      "AccessDeniedException",
    );
    expect(proxy.take()).toEqual([]);
    elsewhere.destroy();
  });

  it("asks for the same permissions as embedded tables, partition keys included", async () => {
    await client.getItem({ TableName: "Books", Key: key("Notes") });
    await client.query({
      TableName: "Books",
      IndexName: "byYear",
      KeyConditionExpression: "#y = :y",
      ExpressionAttributeNames: { "#y": "Year" },
      ExpressionAttributeValues: { ":y": { N: "1843.0" } },
    });
    await client.transactWriteItems({ TransactItems: [{ Put: { TableName: "Books", Item: key("T1") } }] });
    expect(
      server.asked.map(({ action, resource, context }) => [action, resource, context?.["dynamodb:LeadingKeys"]]),
    ).toEqual([
      ["dynamodb:GetItem", arn, ["Ada"]],
      ["dynamodb:Query", `${arn}/index/byYear`, ["1843"]],
      ["dynamodb:PutItem", arn, ["Ada"]],
    ]);
  });

  it("does not let the endpoint see a call that is denied", async () => {
    server.denied.add(arn);
    for (const call of [
      () => client.getItem({ TableName: "Books", Key: key("Notes") }),
      () => client.putItem({ TableName: "Books", Item: key("Notes") }),
      () => client.deleteTable({ TableName: "Books" }),
      () => client.createBackup({ TableName: "Books", BackupName: "backup" }),
      () => client.transactWriteItems({ TransactItems: [{ Put: { TableName: "Books", Item: key("T1") } }] }),
    ]) {
      expect((await failure(call())).name).toBe("AccessDeniedException");
    }
    expect(proxy.take()).toEqual([]);
  });

  it("does not describe a table for a caller who is denied whatever its partition key is", async () => {
    const asked: unknown[] = [];
    const fresh = open({
      refuseEarly(call, requests, unknownKeys) {
        asked.push([call.operation, requests[0]?.action, unknownKeys]);
        throw Object.assign(new Error("no"), { name: "Refused" });
      },
    });
    const own = await SdkServer.start(fresh);
    const other = sdk(own.endpoint);
    await failure(other.getItem({ TableName: "Books", Key: key("Notes") }));
    expect(asked).toEqual([["GetItem", "dynamodb:GetItem", ["dynamodb:LeadingKeys", "dynamodb:FullTableScan"]]]);
    expect(proxy.take()).toEqual([]);
    other.destroy();
    await own.stop();
    await fresh.close();
  });

  it("describes a table once for many callers, and again after it was made anew", async () => {
    const fresh = open();
    const own = await SdkServer.start(fresh);
    const other = sdk(own.endpoint);
    await Promise.all([1, 2, 3, 4].map(() => other.getItem({ TableName: "Books", Key: key("Notes") })));
    expect(proxy.take().toSorted()).toEqual(["DescribeTable", "GetItem", "GetItem", "GetItem", "GetItem"]);
    const make = (hash: string) =>
      other.createTable({
        TableName: "Short",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: hash, AttributeType: "S" }],
        KeySchema: [{ AttributeName: hash, KeyType: "HASH" }],
      });
    const both = { a: { S: "key a" }, b: { S: "key b" } };
    for (const hash of ["a", "b"]) {
      await make(hash);
      await other.putItem({ TableName: "Short", Item: both });
      expect(own.asked.at(-1)?.context?.["dynamodb:LeadingKeys"]).toEqual([`key ${hash}`]);
      await other.deleteTable({ TableName: "Short" });
    }
    proxy.take();
    expect(await failure(other.getItem({ TableName: "Short", Key: { a: { S: "x" } } }))).toMatchObject({
      name: "ResourceNotFoundException",
      message: "Requested resource not found",
    });
    expect(proxy.take()).toEqual(["DescribeTable"]);
    other.destroy();
    await own.stop();
    await fresh.close();
  });

  it("answers an error that says so while the endpoint is down, and serves when it is back", async () => {
    await proxy.down();
    const message = "The table endpoint cannot be reached. Nothing has been done.";
    for (const call of [
      () => client.getItem({ TableName: "Books", Key: key("Notes") }),
      () => client.putItem({ TableName: "Books", Item: key("Down") }),
    ]) {
      expect(await failure(call())).toMatchObject({
        name: "ServiceUnavailableException",
        message,
        $metadata: { httpStatusCode: 503 },
      });
    }
    expect(tables.state()).toMatchObject({ answers: false, reason: expect.stringContaining("ECONNREFUSED") });
    const told = logged.filter(({ message }) => message === "the table endpoint does not answer");
    expect(told).toHaveLength(1);
    expect(told[0]!.fields?.reason).toContain("ECONNREFUSED");
    await proxy.up();
    expect((await client.getItem({ TableName: "Books", Key: key("Notes") })).Item).toBeDefined();
    expect(tables.state()).toEqual({ answers: true });
    expect(logged.at(-1)?.message).toBe("the table endpoint answers again");
  });

  it("repeats a read whose connection broke, and never a write", async () => {
    proxy.interfere = (_, response) => void response.destroy();
    const lost = await failure(client.putItem({ TableName: "Books", Item: key("Lost") }));
    expect(lost).toMatchObject({
      name: "InternalServerError",
      message: "The table endpoint did not answer. Whether it has carried out the request is not known.",
      $metadata: { httpStatusCode: 500 },
    });
    expect(proxy.take()).toEqual(["PutItem"]);
    let broken = 0;
    proxy.interfere = (_, response) => {
      broken++;
      proxy.interfere = undefined;
      response.destroy();
    };
    expect((await client.getItem({ TableName: "Books", Key: key("Notes") })).Item).toBeDefined();
    expect(broken).toBe(1);
    expect(proxy.take()).toEqual(["GetItem", "GetItem"]);
  });

  it("gives up on an endpoint that hangs", async () => {
    const hasty = open({ limits: { answerMs: 100 } });
    const own = await SdkServer.start(hasty);
    const other = sdk(own.endpoint);
    proxy.interfere = () => {};
    expect(await failure(other.listTables({}))).toMatchObject({ name: "InternalServerError" });
    expect(hasty.state()).toMatchObject({ answers: false, reason: "no answer in 100 ms" });
    other.destroy();
    await own.stop();
    await hasty.close();
  });

  it.each([
    ["a page", 200, "<html></html>", "it answered something other than JSON"],
    ["a proxy's error", 502, "<html></html>", "it answered status 502 without an error type"],
    ["a redirect", 302, "", "it answered status 302 without an error type"],
  ])("says that the endpoint does not speak DynamoDB when it answers %s", async (_, status, body, what) => {
    proxy.interfere = (_seen, response) => void response.writeHead(status).end(body);
    expect(await failure(client.listTables({}))).toMatchObject({
      name: "InternalServerError",
      message: `The table endpoint does not speak DynamoDB's protocol: ${what}.`,
    });
  });

  it("refuses an answer whose checksum is wrong", async () => {
    proxy.interfere = (_seen, response) => void response.writeHead(200, { "x-amz-crc32": "1" }).end("{}");
    expect((await failure(client.listTables({}))).message).toContain("the checksum of its answer is wrong");
  });

  it("does not blame callers when the endpoint refuses this gateway's keys, and takes new ones", async () => {
    let reads = 0;
    const renewed = open({
      credentials: () => ({ ...endpointKeys, accessKeyId: ++reads < 3 ? "AKIAOLD" : endpointKeys.accessKeyId }),
    });
    const own = await SdkServer.start(renewed);
    const other = sdk(own.endpoint);
    proxy.interfere = ({ headers }, response) => {
      if (!String(headers.authorization).includes("AKIAOLD")) response.writeHead(200).end('{"TableNames":[]}');
      else {
        const __type = "com.amazon.coral.service#UnrecognizedClientException";
        response.writeHead(400).end(JSON.stringify({ __type, message: "The security token is invalid." }));
      }
    };
    expect(await failure(other.listTables({}))).toMatchObject({
      name: "InternalServerError",
      message: "The table endpoint does not accept the credentials of this gateway.",
    });
    expect(logged.find(({ message }) => message.includes("refuses this gateway's"))?.fields?.answer).toBe(
      "UnrecognizedClientException: The security token is invalid.",
    );
    expect(await other.listTables({})).toMatchObject({ TableNames: [] });
    expect(JSON.stringify(logged)).not.toContain(endpointKeys.secretAccessKey);
    other.destroy();
    await own.stop();
    await renewed.close();
  });

  it("says that a refusal by the endpoint's own policies is about this gateway", async () => {
    proxy.interfere = (_seen, response) =>
      void response
        .writeHead(400)
        .end(JSON.stringify({ __type: "x#AccessDeniedException", Message: "User: arn:aws:iam::9:user/h is not" }));
    expect(await failure(client.listTables({}))).toMatchObject({
      name: "AccessDeniedException",
      message: "The table endpoint refused this gateway: User: arn:aws:iam::9:user/h is not",
    });
  });
});
