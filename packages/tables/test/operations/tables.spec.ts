import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, Harness, region } from "../harness.js";

const arn = (name: string) => `arn:aws:dynamodb:${region}:${account}:table/${name}`;

describe("table operations", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.open();
  });
  afterEach(() => harness.close());

  const definition = (changes: Record<string, unknown> = {}) => ({
    TableName: "Books",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    ...changes,
  });

  it("CreateTable answers CREATING and the table is ACTIVE from then on", async () => {
    const { TableDescription } = await harness.call("CreateTable", definition());
    expect(TableDescription).toMatchObject({
      TableName: "Books",
      TableStatus: "CREATING",
      TableArn: arn("Books"),
      ItemCount: 0,
      TableSizeBytes: 0,
      CreationDateTime: new Date(harness.clock.now()),
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
      ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0, NumberOfDecreasesToday: 0 },
      DeletionProtectionEnabled: false,
    });
    const { Table } = await harness.call("DescribeTable", { TableName: "Books" });
    expect(Table).toEqual({ ...TableDescription, TableStatus: "ACTIVE" });
    expect((await harness.call("DescribeTable", { TableName: arn("Books") })).Table).toEqual(Table);
  });

  it("a table is still there after the tables were opened again", async () => {
    await harness.call("CreateTable", definition());
    const before = await harness.call("DescribeTable", { TableName: "Books" });
    await harness.reopen();
    expect(await harness.call("DescribeTable", { TableName: "Books" })).toEqual(before);
  });

  it("a name can be used once in an account and Region", async () => {
    await harness.call("CreateTable", definition());
    const error = await harness.failure("CreateTable", definition());
    expect([error.code, error.message]).toEqual(["ResourceInUseException", "Table already exists: Books"]);
    await harness.call("CreateTable", definition(), { region: "eu-west-1" });
    await harness.call("CreateTable", definition(), { account: "210987654321" });
    expect((await harness.call("ListTables", {}, { region: "eu-west-1" })).TableNames).toEqual(["Books"]);
  });

  it("one of many CreateTable calls at once for a name succeeds", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => harness.call("CreateTable", definition())),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("DeleteTable answers DELETING and the name is free again", async () => {
    await harness.call("CreateTable", definition());
    const { TableDescription } = await harness.call("DeleteTable", { TableName: "Books" });
    expect(TableDescription.TableStatus).toBe("DELETING");
    const message = "Requested resource not found: Table: Books not found";
    for (const name of ["DescribeTable", "DeleteTable"]) {
      const error = await harness.failure(name, { TableName: "Books" });
      expect([error.code, error.message]).toEqual(["ResourceNotFoundException", message]);
    }
    await harness.call("CreateTable", definition());
    await harness.reopen();
    expect((await harness.call("ListTables", {})).TableNames).toEqual(["Books"]);
  });

  it("a protected table is not deleted", async () => {
    await harness.call("CreateTable", definition({ DeletionProtectionEnabled: true }));
    expect(await harness.refusal("DeleteTable", { TableName: "Books" })).toBe(
      "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
    );
  });

  it("ListTables pages through the names in order", async () => {
    for (const name of ["cc1", "aa1", "bb1"]) await harness.call("CreateTable", definition({ TableName: name }));
    expect(await harness.call("ListTables", {})).toEqual({ TableNames: ["aa1", "bb1", "cc1"] });
    expect(await harness.call("ListTables", { Limit: 2 })).toEqual({
      TableNames: ["aa1", "bb1"],
      LastEvaluatedTableName: "bb1",
    });
    expect(await harness.call("ListTables", { ExclusiveStartTableName: "bb0" })).toEqual({
      TableNames: ["bb1", "cc1"],
    });
  });

  it("the number of tables has a bound", async () => {
    await harness.close();
    harness = await Harness.open({ tablesPerRegionMax: 1 });
    await harness.call("CreateTable", definition());
    const error = await harness.failure("CreateTable", definition({ TableName: "More" }));
    expect([error.code, error.message]).toEqual([
      "LimitExceededException",
      "Subscriber limit exceeded: There is a limit of 1 tables per subscriber",
    ]);
    await harness.call("CreateTable", definition(), { region: "us-west-20" });
  });

  it.each([
    [{ TableName: "ab" }, "TableName must be at least 3 characters long and at most 255 characters long"],
    [
      { TableName: "a;b" },
      "1 validation error detected: Value 'a;b' at 'tableName' failed to satisfy constraint: " +
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    ],
    [
      { BillingMode: "PROVISIONED" },
      "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified " +
        "when BillingMode is PROVISIONED",
    ],
    [
      { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
      "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified " +
        "when BillingMode is PAY_PER_REQUEST",
    ],
    [
      { KeySchema: [{ AttributeName: "x", KeyType: "HASH" }] },
      "One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. " +
        "Keys: [x], AttributeDefinitions: [pk]",
    ],
    [
      { KeySchema: [{ AttributeName: "pk", KeyType: "RANGE" }] },
      "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
    ],
    [
      {
        AttributeDefinitions: [
          { AttributeName: "pk", AttributeType: "S" },
          { AttributeName: "sk", AttributeType: "N" },
        ],
      },
      "One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of " +
        "attributes defined in AttributeDefinitions",
    ],
    [
      { LocalSecondaryIndexes: [] },
      "One or more parameter values were invalid: List of LocalSecondaryIndexes is empty",
    ],
    [
      { StreamSpecification: { StreamEnabled: true } },
      "Invalid StreamViewType: Stream ViewType must not be null or empty when enabling streams.",
    ],
  ])("CreateTable with %j is refused", async (changes, message) => {
    expect(await harness.refusal("CreateTable", definition(changes))).toBe(message);
  });

  it("tags come and go", async () => {
    await harness.call("CreateTable", definition({ Tags: [{ Key: "team", Value: "a" }] }));
    const ResourceArn = arn("Books");
    const Tags = Array.from({ length: 11 }, (_, at) => ({ Key: `k${10 + at}`, Value: String(at) }));
    await harness.call("TagResource", { ResourceArn, Tags: [...Tags, { Key: "team", Value: "b" }] });
    await harness.call("UntagResource", { ResourceArn, TagKeys: ["k10", "absent"] });
    await harness.reopen();
    const first = await harness.call("ListTagsOfResource", { ResourceArn });
    const second = await harness.call("ListTagsOfResource", { ResourceArn, NextToken: first.NextToken });
    expect([...first.Tags, ...second.Tags]).toEqual([...Tags.slice(1), { Key: "team", Value: "b" }]);
    expect(second.NextToken).toBeUndefined();
    const error = await harness.failure("ListTagsOfResource", { ResourceArn: arn("Other") });
    expect(error.code).toBe("ResourceNotFoundException");
  });

  it("needs name the table's ARN, and tags another permission", async () => {
    expect(await harness.needs("CreateTable", definition())).toEqual([
      { action: "dynamodb:CreateTable", resource: arn("Books") },
    ]);
    expect(await harness.needs("CreateTable", definition({ Tags: [{ Key: "a", Value: "b" }] }))).toEqual([
      { action: "dynamodb:CreateTable", resource: arn("Books") },
      { action: "dynamodb:TagResource", resource: arn("Books") },
    ]);
    expect(await harness.needs("DescribeTable", { TableName: arn("Books") })).toEqual([
      { action: "dynamodb:DescribeTable", resource: arn("Books") },
    ]);
    expect(await harness.needs("ListTables", {})).toEqual([{ action: "dynamodb:ListTables", resource: "*" }]);
  });

  it("a table's ARN of another Region is refused", async () => {
    const elsewhere = `arn:aws:dynamodb:eu-west-1:${account}:table/Books`;
    expect(await harness.refusal("DescribeTable", { TableName: elsewhere })).toBe(
      `Invalid table ARN: ${elsewhere}. The table is not in the Region of the request, us-west-2`,
    );
  });

  it("another account's table is refused whatever the caller's policies say", async () => {
    const foreign = "arn:aws:dynamodb:us-west-2:999999999999:table/Books";
    const error = await harness.failure("DescribeTable", { TableName: foreign });
    expect([error.code, error.message]).toEqual([
      "AccessDenied",
      `User: arn:aws:iam::${account}:root is not authorized to perform: dynamodb:DescribeTable on resource: ${foreign} ` +
        "because no resource-based policy allows the dynamodb:DescribeTable action",
    ]);
  });
});
