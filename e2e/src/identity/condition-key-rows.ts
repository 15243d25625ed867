/** What a request asks for, as far as condition keys look at it. */
export interface Ask {
  /** The partition key; batches and transactions are about Alice's item, too. */
  readonly pk?: string;
  /** An attribute that is read or written besides the keys. */
  readonly attribute?: string;
  /** Whole items are read. */
  readonly whole?: boolean;
  readonly returns?: string;
  readonly capacity?: string;
}

/** The condition keys that the service documents for items. */
export type ItemConditionKey =
  | "Attributes"
  | "EnclosingOperation"
  | "FullTableScan"
  | "LeadingKeys"
  | "ReturnConsumedCapacity"
  | "ReturnValues"
  | "Select";

/** One way to reach items: the SDK's method, the documented condition keys, and the request for what is asked. */
export interface Way {
  readonly name: string;
  readonly method: string;
  readonly keys: readonly ItemConditionKey[];
  input(ask: Ask): object;
}

export const TableName = "Guarded";
export const IndexName = "byOwner";

const key = (pk = "alice") => ({ pk: { S: pk }, sk: { S: "1" } });
const other = (pk = "bob") => ({ pk: { S: pk }, sk: { S: "2" } });
const capacity = (ask: Ask) => ({ ReturnConsumedCapacity: ask.capacity ?? "NONE" });
const placeholders = ({ attribute = "a" }: Ask) => ({ ExpressionAttributeNames: { "#a": attribute } });
const shown = (ask: Ask) => (ask.whole === true ? {} : { ProjectionExpression: "pk, sk, #a", ...placeholders(ask) });
const returns = ({ returns: values = "NONE" }: Ask) => ({ ReturnValues: values });
const onFailure = ({ returns: values = "NONE" }: Ask) => ({ ReturnValuesOnConditionCheckFailure: values });
const item = ({ attribute = "a" }: Ask, place: object) => ({ ...place, [attribute]: { S: "x" } });
const change = (ask: Ask) => ({
  UpdateExpression: "SET #a = :v",
  ...placeholders(ask),
  ExpressionAttributeValues: { ":v": { S: "x" } },
});
const unlessThere = (ask: Ask) => ({ ConditionExpression: "attribute_not_exists(#a.b)", ...placeholders(ask) });
const by = (attribute: string, ask: Ask) => ({
  KeyConditionExpression: "#k = :k",
  ...(ask.whole === true ? {} : { ProjectionExpression: "pk, sk, #a" }),
  ExpressionAttributeNames: { "#k": attribute, ...(ask.whole === true ? {} : { "#a": ask.attribute ?? "a" }) },
  ExpressionAttributeValues: { ":k": { S: ask.pk ?? "alice" } },
});
const row = ({ pk = "alice" }: Ask) => `pk='${pk}' AND sk='1'`;
const fields = (ask: Ask) => (ask.whole === true ? "*" : `pk, sk, ${ask.attribute ?? "a"}`);
const select = (ask: Ask) => `SELECT ${fields(ask)} FROM ${TableName} WHERE ${row(ask)}`;
const update = (ask: Ask) => `UPDATE ${TableName} SET ${ask.attribute ?? "a"}='x' WHERE ${row(ask)}`;
const returning = ({ returns: values }: Ask) => (values === "ALL_OLD" ? " RETURNING ALL OLD *" : "");
const insert = ({ pk = "alice", attribute = "a" }: Ask, sk: string) =>
  `INSERT INTO ${TableName} VALUE {'pk': '${pk}', 'sk': '${sk}', '${attribute}': 'x'}`;
let fresh = 0;

/** Every operation on items with the condition keys it is documented with. */
export const ways: readonly Way[] = [
  {
    ...{ name: "GetItem", method: "getItem", keys: ["Attributes", "LeadingKeys", "ReturnConsumedCapacity", "Select"] },
    input: (ask) => ({ TableName, Key: key(ask.pk), ...shown(ask), ...capacity(ask) }),
  },
  {
    ...{ name: "BatchGetItem", method: "batchGetItem" },
    keys: ["Attributes", "LeadingKeys", "ReturnConsumedCapacity", "Select"],
    input: (ask) => ({
      RequestItems: { [TableName]: { Keys: [key(), other(ask.pk ?? "alice")], ...shown(ask) } },
      ...capacity(ask),
    }),
  },
  {
    ...{ name: "PutItem", method: "putItem" },
    keys: ["Attributes", "LeadingKeys", "ReturnConsumedCapacity", "ReturnValues"],
    input: (ask) => ({ TableName, Item: item(ask, key(ask.pk)), ...returns(ask), ...capacity(ask) }),
  },
  {
    ...{ name: "UpdateItem", method: "updateItem" },
    keys: ["Attributes", "LeadingKeys", "ReturnConsumedCapacity", "ReturnValues"],
    input: (ask) => ({ TableName, Key: key(ask.pk), ...change(ask), ...returns(ask), ...capacity(ask) }),
  },
  {
    ...{ name: "DeleteItem", method: "deleteItem" },
    keys: ["Attributes", "LeadingKeys", "ReturnConsumedCapacity", "ReturnValues"],
    input: (ask) => ({ TableName, Key: key(ask.pk), ...unlessThere(ask), ...returns(ask), ...capacity(ask) }),
  },
  {
    ...{ name: "BatchWriteItem", method: "batchWriteItem" },
    keys: ["Attributes", "LeadingKeys", "ReturnConsumedCapacity"],
    input: (ask) => ({
      RequestItems: {
        [TableName]: [{ PutRequest: { Item: item(ask, key()) } }, { DeleteRequest: { Key: other(ask.pk ?? "alice") } }],
      },
      ...capacity(ask),
    }),
  },
  {
    ...{ name: "Query of a table", method: "query" },
    keys: ["Attributes", "LeadingKeys", "ReturnConsumedCapacity", "Select"],
    input: (ask) => ({ TableName, ...by("pk", ask), ...capacity(ask) }),
  },
  {
    ...{ name: "Query of an index", method: "query" },
    keys: ["Attributes", "LeadingKeys", "ReturnConsumedCapacity", "Select"],
    input: (ask) => ({ TableName, IndexName, ...by("owner", ask), ...capacity(ask) }),
  },
  {
    ...{ name: "Scan", method: "scan", keys: ["Attributes", "ReturnConsumedCapacity", "Select"] },
    input: (ask) => ({ TableName, ...shown(ask), ...capacity(ask) }),
  },
  {
    ...{ name: "Scan of an index", method: "scan", keys: ["Attributes", "ReturnConsumedCapacity", "Select"] },
    input: (ask) => ({ TableName, IndexName, ...shown(ask), ...capacity(ask) }),
  },
  {
    ...{ name: "TransactGetItems", method: "transactGetItems" },
    keys: ["Attributes", "EnclosingOperation", "LeadingKeys", "ReturnConsumedCapacity", "Select"],
    input: (ask) => ({
      TransactItems: [
        { Get: { TableName, Key: key(), ...shown(ask) } },
        { Get: { TableName, Key: other(ask.pk ?? "alice"), ...shown(ask) } },
      ],
      ...capacity(ask),
    }),
  },
  ...(
    [
      ["Put", (ask: Ask) => ({ Item: item(ask, key(ask.pk)) })],
      ["Update", (ask: Ask) => ({ Key: key(ask.pk), ...change(ask) })],
      ["Delete", (ask: Ask) => ({ Key: key(ask.pk), ...unlessThere(ask) })],
      ["ConditionCheck", (ask: Ask) => ({ Key: key(ask.pk), ...unlessThere(ask) })],
    ] as const
  ).map(
    ([kind, action]): Way => ({
      ...{ name: `TransactWriteItems: ${kind}`, method: "transactWriteItems" },
      keys: ["Attributes", "EnclosingOperation", "LeadingKeys", "ReturnConsumedCapacity", "ReturnValues"],
      input: (ask) => ({
        TransactItems: [{ [kind]: { TableName, ...action(ask), ...onFailure(ask) } }],
        ...capacity(ask),
      }),
    }),
  ),
  {
    ...{ name: "ExecuteStatement: SELECT", method: "executeStatement" },
    keys: ["Attributes", "FullTableScan", "LeadingKeys", "ReturnConsumedCapacity", "Select"],
    input: (ask) => ({
      Statement: ask.pk === "*" ? `SELECT ${fields(ask)} FROM ${TableName}` : select(ask),
      ...capacity(ask),
    }),
  },
  {
    ...{ name: "ExecuteStatement: INSERT", method: "executeStatement" },
    keys: ["Attributes", "LeadingKeys", "ReturnConsumedCapacity"],
    input: (ask) => ({ Statement: insert(ask, `new ${fresh++}`), ...capacity(ask) }),
  },
  {
    ...{ name: "ExecuteStatement: UPDATE", method: "executeStatement" },
    keys: ["Attributes", "LeadingKeys", "ReturnConsumedCapacity", "ReturnValues"],
    input: (ask) => ({ Statement: `${update(ask)}${returning(ask)}`, ...capacity(ask) }),
  },
  {
    ...{ name: "ExecuteStatement: DELETE", method: "executeStatement" },
    keys: ["LeadingKeys", "ReturnConsumedCapacity", "ReturnValues"],
    input: (ask) => ({ Statement: `DELETE FROM ${TableName} WHERE ${row(ask)}${returning(ask)}`, ...capacity(ask) }),
  },
  {
    ...{ name: "BatchExecuteStatement: SELECT", method: "batchExecuteStatement" },
    keys: ["Attributes", "EnclosingOperation", "LeadingKeys", "ReturnConsumedCapacity", "Select"],
    input: (ask) => ({ Statements: [{ Statement: select(ask) }], ...capacity(ask) }),
  },
  {
    ...{ name: "BatchExecuteStatement: INSERT", method: "batchExecuteStatement" },
    keys: ["Attributes", "EnclosingOperation", "LeadingKeys", "ReturnConsumedCapacity"],
    input: (ask) => ({ Statements: [{ Statement: insert(ask, `new ${fresh++}`) }], ...capacity(ask) }),
  },
  {
    ...{ name: "ExecuteTransaction: SELECT", method: "executeTransaction" },
    keys: ["Attributes", "EnclosingOperation", "LeadingKeys", "ReturnConsumedCapacity", "Select"],
    input: (ask) => ({ TransactStatements: [{ Statement: select(ask) }], ...capacity(ask) }),
  },
  {
    ...{ name: "ExecuteTransaction: UPDATE", method: "executeTransaction" },
    keys: ["Attributes", "EnclosingOperation", "LeadingKeys", "ReturnConsumedCapacity"],
    input: (ask) => ({ TransactStatements: [{ Statement: update(ask) }], ...capacity(ask) }),
  },
];

const must = (name: ItemConditionKey) => ({ Null: { [`dynamodb:${name}`]: "false" } });
const all = (name: ItemConditionKey, ...values: readonly string[]) => ({
  "ForAllValues:StringEquals": { [`dynamodb:${name}`]: values },
  ...must(name),
});
const one = (name: ItemConditionKey, value: string) => ({ StringEquals: { [`dynamodb:${name}`]: value } });

/** The condition that a policy has for a key, what it lets through and what it does not. */
export const guards: Readonly<
  Record<
    Exclude<ItemConditionKey, "EnclosingOperation">,
    { readonly condition: object; readonly good: Ask; readonly bad: Ask }
  >
> = {
  LeadingKeys: { condition: all("LeadingKeys", "alice"), good: {}, bad: { pk: "bob" } },
  Attributes: {
    condition: all("Attributes", "pk", "sk", "a", "owner"),
    good: { attribute: "a" },
    bad: { attribute: "secret" },
  },
  Select: { condition: one("Select", "SPECIFIC_ATTRIBUTES"), good: {}, bad: { whole: true } },
  ReturnValues: { condition: one("ReturnValues", "NONE"), good: {}, bad: { returns: "ALL_OLD" } },
  ReturnConsumedCapacity: { condition: one("ReturnConsumedCapacity", "NONE"), good: {}, bad: { capacity: "TOTAL" } },
  FullTableScan: { condition: one("FullTableScan", "false"), good: {}, bad: { pk: "*" } },
};

/** What each enclosing operation lets through, and the same outside of it. */
export const enclosures: readonly { readonly operation: string; readonly inside: string; readonly outside: string }[] =
  [
    { operation: "TransactGetItems", inside: "TransactGetItems", outside: "GetItem" },
    { operation: "TransactWriteItems", inside: "TransactWriteItems: Put", outside: "PutItem" },
    { operation: "TransactWriteItems", inside: "TransactWriteItems: Update", outside: "UpdateItem" },
    { operation: "TransactWriteItems", inside: "TransactWriteItems: Delete", outside: "DeleteItem" },
    { operation: "TransactWriteItems", inside: "TransactWriteItems: ConditionCheck", outside: "TransactGetItems" },
    { operation: "ExecuteTransaction", inside: "ExecuteTransaction: SELECT", outside: "ExecuteStatement: SELECT" },
    { operation: "ExecuteTransaction", inside: "ExecuteTransaction: UPDATE", outside: "ExecuteStatement: UPDATE" },
    {
      operation: "BatchExecuteStatement",
      inside: "BatchExecuteStatement: SELECT",
      outside: "ExecuteStatement: SELECT",
    },
    {
      operation: "BatchExecuteStatement",
      inside: "BatchExecuteStatement: INSERT",
      outside: "ExecuteStatement: INSERT",
    },
  ];
