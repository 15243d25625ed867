import type { Case, Family } from "../case.js";
import { definition, index, keySchema, table } from "../case.js";
import type { Json, JsonObject } from "../json.js";

const name = "Made";
const given = {};
const simple = table(name, "pk:S");
const sorted = table(name, "pk:S", "sk:N");
const throughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 6 };
const withA = { AttributeDefinitions: [definition("a:S")] };

function create(title: string, input: Json): Case {
  return {
    name: `create: ${title}`,
    given,
    steps: [
      { operation: "CreateTable", input },
      { operation: "DescribeTable", input: { TableName: name } },
      { operation: "DeleteTable", input: { TableName: name } },
      { operation: "UpdateTable", input: { TableName: name, DeletionProtectionEnabled: false } },
      { operation: "DeleteTable", input: { TableName: name } },
    ],
  };
}

const without = (input: JsonObject, member: string): JsonObject =>
  Object.fromEntries(Object.entries(input).filter(([other]) => other !== member));

const global = (more: JsonObject, keys: readonly string[] = ["a"]) =>
  table(name, "pk:S", undefined, { ...withA, GlobalSecondaryIndexes: [{ ...index("by-a", keys), ...more }] });
const local = (more: JsonObject, keys: readonly string[] = ["pk", "a"]) =>
  table(name, "pk:S", "sk:N", { ...withA, LocalSecondaryIndexes: [{ ...index("local-a", keys), ...more }] });

const good: readonly (readonly [string, Json])[] = [
  ["a hash key", simple],
  ["a hash and a range key", sorted],
  ["keys of bytes and numbers", table(name, "pk:B", "sk:N")],
  ["provisioned", { ...simple, BillingMode: "PROVISIONED", ProvisionedThroughput: throughput }],
  ["provisioned by default", { ...without(simple, "BillingMode"), ProvisionedThroughput: throughput }],
  ["a global index", global({})],
  ["a global index of keys", global({ Projection: { ProjectionType: "KEYS_ONLY" } })],
  [
    "a global index with some attributes",
    global({ Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["x", "y"] } }),
  ],
  [
    "a global index on the table's keys",
    table(name, "pk:S", "sk:N", { GlobalSecondaryIndexes: [index("turned", ["sk", "pk"])] }),
  ],
  ["a local index", local({})],
  ["both kinds of index", { ...local({}), GlobalSecondaryIndexes: [index("by-a", ["a", "pk"])] }],
  ["protected from deletion", { ...simple, DeletionProtectionEnabled: true }],
];

const bad: readonly (readonly [string, Json])[] = [
  ["nothing", {}],
  ["no name", without(simple, "TableName")],
  ["a short name", { ...simple, TableName: "ab" }],
  ["a long name", { ...simple, TableName: "a".repeat(256) }],
  ["a name with a space", { ...simple, TableName: "a name" }],
  ["no key schema", without(simple, "KeySchema")],
  ["an empty key schema", { ...simple, KeySchema: [] }],
  ["no attribute definitions", without(simple, "AttributeDefinitions")],
  ["empty attribute definitions", { ...simple, AttributeDefinitions: [] }],
  ["no capacity", without(simple, "BillingMode")],
  ["capacity on demand", { ...simple, ProvisionedThroughput: throughput }],
  ["an unknown billing mode", { ...simple, BillingMode: "FREE" }],
  ["no read capacity", { ...simple, BillingMode: "PROVISIONED", ProvisionedThroughput: { WriteCapacityUnits: 1 } }],
  [
    "zero capacity",
    {
      ...simple,
      BillingMode: "PROVISIONED",
      ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
    },
  ],
  ["a range key first", { ...simple, KeySchema: [{ AttributeName: "pk", KeyType: "RANGE" }] }],
  ["two hash keys", { ...sorted, KeySchema: [...keySchema("pk"), ...keySchema("sk")] }],
  ["the same key twice", { ...simple, KeySchema: keySchema("pk", "pk") }],
  ["three keys", { ...sorted, KeySchema: [...keySchema("pk", "sk"), { AttributeName: "x", KeyType: "RANGE" }] }],
  ["an unknown key type", { ...simple, KeySchema: [{ AttributeName: "pk", KeyType: "PRIMARY" }] }],
  ["a key that is not defined", { ...simple, KeySchema: keySchema("id") }],
  ["a range key that is not defined", { ...simple, KeySchema: keySchema("pk", "sk") }],
  ["an attribute too many", table(name, "pk:S", undefined, withA)],
  ["an attribute defined twice", table(name, "pk:S", undefined, { AttributeDefinitions: [definition("pk:S")] })],
  ["an attribute defined two ways", table(name, "pk:S", undefined, { AttributeDefinitions: [definition("pk:N")] })],
  ["an attribute of another type", { ...simple, AttributeDefinitions: [definition("pk:SS")] }],
  ["an attribute of no type", { ...simple, AttributeDefinitions: [{ AttributeName: "pk" }] }],
  ["a long attribute name", table(name, `${"a".repeat(256)}:S`)],
  ["an empty attribute name", { ...simple, AttributeDefinitions: [definition(":S")], KeySchema: keySchema("") }],
  ["no global indexes", { ...simple, GlobalSecondaryIndexes: [] }],
  ["no local indexes", { ...sorted, LocalSecondaryIndexes: [] }],
  ["a global index without projection", global({ Projection: {} })],
  ["a global index with an unknown projection", global({ Projection: { ProjectionType: "SOME" } })],
  ["a global index including nothing", global({ Projection: { ProjectionType: "INCLUDE" } })],
  [
    "a global index including an empty list",
    global({ Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: [] } }),
  ],
  ["a global index of all and more", global({ Projection: { ProjectionType: "ALL", NonKeyAttributes: ["x"] } })],
  ["a global index of keys and more", global({ Projection: { ProjectionType: "KEYS_ONLY", NonKeyAttributes: ["x"] } })],
  ["a global index on an unknown attribute", global({}, ["b"])],
  ["a global index with a bad name", global({ IndexName: "by a" })],
  ["a global index with a short name", global({ IndexName: "by" })],
  ["a global index without a key", global({ KeySchema: [] })],
  ["a global index with the key turned", global({ KeySchema: [{ AttributeName: "a", KeyType: "RANGE" }] })],
  [
    "two global indexes of one name",
    { ...global({}), GlobalSecondaryIndexes: [index("by-a", ["a"]), index("by-a", ["pk", "a"])] },
  ],
  ["a global index with capacity on demand", global({ ProvisionedThroughput: throughput })],
  ["a global index without capacity", { ...global({}), BillingMode: "PROVISIONED", ProvisionedThroughput: throughput }],
  [
    "21 global indexes",
    {
      ...global({}),
      GlobalSecondaryIndexes: Array.from({ length: 21 }, (_, at) => index(`by-a-${at}`, ["a"])),
    },
  ],
  ["a local index without a range key", local({}, ["pk"])],
  ["a local index on another hash key", local({}, ["a", "sk"])],
  [
    "a local index on a table without a range key",
    table(name, "pk:S", undefined, {
      ...withA,
      LocalSecondaryIndexes: [index("local-a", ["pk", "a"])],
    }),
  ],
  [
    "6 local indexes",
    {
      ...local({}),
      LocalSecondaryIndexes: Array.from({ length: 6 }, (_, at) => index(`local-${at}`, ["pk", "a"])),
    },
  ],
  ["a local and a global index of one name", { ...local({}), GlobalSecondaryIndexes: [index("local-a", ["a"])] }],
  [
    "the same attribute included twice",
    global({ Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["x", "x"] } }),
  ],
  [
    "a stream that is off and has a view",
    { ...simple, StreamSpecification: { StreamEnabled: false, StreamViewType: "KEYS_ONLY" } },
  ],
  ["a stream without a view", { ...simple, StreamSpecification: { StreamEnabled: true } }],
  [
    "a stream with an unknown view",
    { ...simple, StreamSpecification: { StreamEnabled: true, StreamViewType: "SOME" } },
  ],
];

/** Steps on a table that is there. */
function after(title: string, ...steps: readonly (readonly [string, JsonObject])[]): Case {
  return {
    name: title,
    given,
    steps: [
      { operation: "CreateTable", input: global({}) },
      { operation: "DescribeTable", input: { TableName: name } },
      ...steps.map(([operation, input]) => ({ operation, input: { TableName: name, ...input } })),
      { operation: "DescribeTable", input: { TableName: name } },
      { operation: "UpdateTable", input: { TableName: name, DeletionProtectionEnabled: false } },
      { operation: "DeleteTable", input: { TableName: name } },
    ],
  };
}

const update = (title: string, input: JsonObject): Case => after(`update: ${title}`, ["UpdateTable", input]);

const ttl = (AttributeName: string, Enabled: boolean): readonly [string, JsonObject] => [
  "UpdateTimeToLive",
  { TimeToLiveSpecification: { AttributeName, Enabled } },
];

const missing: readonly (readonly [string, JsonObject])[] = [
  ["DescribeTable", {}],
  ["DeleteTable", {}],
  ["UpdateTable", { BillingMode: "PAY_PER_REQUEST" }],
  ["DescribeTimeToLive", {}],
  ttl("expires", true),
  ["GetItem", { Key: { pk: { S: "a" } } }],
  ["PutItem", { Item: { pk: { S: "a" } } }],
  ["UpdateItem", { Key: { pk: { S: "a" } } }],
  ["DeleteItem", { Key: { pk: { S: "a" } } }],
  ["Scan", {}],
];

/** Tables made, described, changed and deleted. */
export const tables: Family = {
  name: "tables",
  tables: [],
  cases: [
    ...good.map(([title, input]) => create(title, input)),
    ...bad.map(([title, input]) => create(title, input)),
    after("create: again", ["CreateTable", without(global({}), "TableName")]),
    after("delete: twice", ["DeleteTable", {}], ["DeleteTable", {}]),
    after("delete: protected", ["UpdateTable", { DeletionProtectionEnabled: true }], ["DeleteTable", {}]),
    update("nothing", {}),
    update("to provisioned without capacity", { BillingMode: "PROVISIONED" }),
    update("capacity on demand", { ProvisionedThroughput: throughput }),
    update("an unknown billing mode", { BillingMode: "FREE" }),
    update("no index changes", { GlobalSecondaryIndexUpdates: [] }),
    update("an empty index change", { GlobalSecondaryIndexUpdates: [{}] }),
    update("an unknown index deleted", { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "unknown" } }] }),
    update("an index deleted", { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "by-a" } }] }),
    update("an index on an undefined attribute", { GlobalSecondaryIndexUpdates: [{ Create: index("by-b", ["b"]) }] }),
    update("an index that is there", { GlobalSecondaryIndexUpdates: [{ Create: index("by-a", ["a"]) }] }),
    update("two changes of one index", {
      GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "by-a" } }, { Delete: { IndexName: "by-a" } }],
    }),
    update("a stream turned off that is not on", { StreamSpecification: { StreamEnabled: false } }),
    update("deletion protection", { DeletionProtectionEnabled: true }),
    after("time to live: not set", ["DescribeTimeToLive", {}]),
    after("time to live: set", ttl("expires", true), ["DescribeTimeToLive", {}]),
    after("time to live: set twice", ttl("expires", true), ttl("expires", true)),
    after("time to live: another attribute", ttl("expires", true), ttl("other", true)),
    after("time to live: taken away unset", ttl("expires", false)),
    after("time to live: no attribute", ttl("", true)),
    ...missing.map(
      ([operation, input]): Case => ({
        name: `no such table: ${operation}`,
        given,
        steps: [{ operation, input: { TableName: "Nowhere", ...input } }],
      }),
    ),
    ...(
      [
        {},
        { Limit: 1 },
        { Limit: 100 },
        { Limit: 0 },
        { Limit: 101 },
        { ExclusiveStartTableName: "Lzz" },
        { ExclusiveStartTableName: "a" },
        { ExclusiveStartTableName: "List2", Limit: 1 },
      ] as readonly JsonObject[]
    ).map(
      (input): Case => ({
        name: `list: ${JSON.stringify(input)}`,
        given,
        steps: [
          ...["List1", "List2", "List3"].map((TableName) => ({
            operation: "CreateTable",
            input: { ...simple, TableName },
          })),
          { operation: "ListTables", input },
          ...["List1", "List2", "List3"].map((TableName) => ({ operation: "DeleteTable", input: { TableName } })),
        ],
      }),
    ),
  ],
};
