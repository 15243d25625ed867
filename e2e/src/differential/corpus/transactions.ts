import type { Case, Family } from "../case.js";
import { one, table } from "../case.js";
import { itemOf } from "../items.js";
import type { Json, JsonObject } from "../json.js";
import { content } from "./shared.js";

const [accounts, entries] = ["Accounts", "Entries"] as const;
const given = {
  ...content(accounts, { pk: "a", balance: 10 }, { pk: "b", balance: 20 }, { pk: "c", l: [1, 2] }),
  ...content(entries, { pk: "a", sk: 1, text: "first" }),
};

const account = (pk: string) => ({ TableName: accounts, Key: itemOf({ pk }) });
const add = (pk: string, amount: number, more: JsonObject = {}): Json => ({
  Update: {
    ...account(pk),
    UpdateExpression: "SET balance = balance + :v",
    ExpressionAttributeValues: { ":v": { N: String(amount) } },
    ...more,
  },
});
const put = (pk: string, more: JsonObject = {}): Json => ({
  Put: { TableName: accounts, Item: itemOf({ pk, balance: 1 }), ...more },
});
const remove = (pk: string, more: JsonObject = {}): Json => ({ Delete: { ...account(pk), ...more } });
const check = (pk: string, ConditionExpression: string, more: JsonObject = {}): Json => ({
  ConditionCheck: { ...account(pk), ConditionExpression, ...more },
});
const exists = { ConditionExpression: "attribute_exists(pk)" };
const absent = { ConditionExpression: "attribute_not_exists(pk)" };
const shown = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" };

const writes: readonly (readonly [string, readonly Json[]])[] = [
  ["a transfer", [add("a", -5), add("b", 5)]],
  ["all kinds", [put("new"), add("a", 1), remove("b"), check("c", "attribute_exists(l)")]],
  ["two tables", [add("a", 1), { Put: { TableName: entries, Item: itemOf({ pk: "a", sk: 2 }) } }]],
  ["a condition fails", [add("a", 1), put("b", absent)]],
  ["a condition fails and shows", [add("a", 1), put("b", { ...absent, ...shown })]],
  ["two conditions fail", [put("a", absent), add("b", 1), remove("nobody", exists)]],
  ["two conditions fail and show", [put("a", { ...absent, ...shown }), remove("nobody", { ...exists, ...shown })]],
  ["a check fails", [check("a", "balance > :v", { ExpressionAttributeValues: { ":v": { N: "99" } } }), put("new")]],
  ["a check on nothing", [check("nobody", "attribute_not_exists(pk)"), put("new")]],
  ["a check that fails on nothing, shown", [check("nobody", "attribute_exists(pk)", shown), put("new")]],
  ["one item twice", [add("a", 1), remove("a")]],
  ["one item twice, with a condition that fails", [put("a", absent), remove("a")]],
  ["one item twice, with an operand that is not there", [add("c", 1), remove("c")]],
  ["one item put twice", [put("x"), put("x")]],
  ["one item checked and written", [check("a", "attribute_exists(pk)"), put("a")]],
  ["the same key in two tables", [put("a"), { Delete: { TableName: entries, Key: itemOf({ pk: "a", sk: 1 }) } }]],
  ["an operand that is not there", [put("new"), add("c", 1)]],
  ["a path that cannot be", [{ Update: { ...account("a"), UpdateExpression: "REMOVE balance.x" } }]],
  ["an update of nothing", [add("nobody", 1)]],
  ["a delete of nothing", [remove("nobody")]],
  ["no actions", []],
  ["an empty action", [{}]],
  ["an action that is two", [{ ...(put("a") as JsonObject), ...(remove("b") as JsonObject) }]],
  ["a check without a condition", [{ ConditionCheck: account("a") }]],
  ["an update without an expression", [{ Update: account("a") }]],
  ["a bad condition", [put("a", { ConditionExpression: "pk =" })]],
  ["a reserved word", [put("a", { ConditionExpression: "attribute_exists(name)" })]],
  ["an unused value", [put("a", { ExpressionAttributeValues: { ":v": { N: "1" } } })]],
  ["an unused value beside a condition", [put("a", { ...exists, ExpressionAttributeValues: { ":v": { N: "1" } } })]],
  ["a bad value", [{ Put: { TableName: accounts, Item: { pk: { S: "x" }, v: { N: "x" } } } }]],
  ["a wrong key", [put("new"), { Delete: { TableName: accounts, Key: { pk: { N: "1" } } } }]],
  ["a missing key", [{ Put: { TableName: accounts, Item: itemOf({ v: 1 }) } }]],
  ["an empty key", [put("new"), { Put: { TableName: accounts, Item: itemOf({ pk: "" }) } }]],
  ["a change of the key", [put("new"), { Update: { ...account("a"), UpdateExpression: "REMOVE pk" } }]],
  ["a table that is not there", [put("new"), { Put: { TableName: "Nowhere", Item: itemOf({ pk: "x" }) } }]],
  ["an item too large", [{ Put: { TableName: accounts, Item: itemOf({ pk: "x", v: "x".repeat(409_600) }) } }]],
  ["100 actions", Array.from({ length: 100 }, (_, at) => put(`n${at}`))],
  ["101 actions", Array.from({ length: 101 }, (_, at) => put(`n${at}`))],
  ["a wrong ReturnValuesOnConditionCheckFailure", [put("a", { ReturnValuesOnConditionCheckFailure: "ALL_NEW" })]],
  [
    "precedence: a failed condition, then a bad path",
    [put("a", absent), { Update: { ...account("b"), UpdateExpression: "SET x.y = balance" } }],
  ],
];

const get = (pk: string, more: JsonObject = {}): Json => ({ Get: { ...account(pk), ...more } });
const reads: readonly (readonly [string, readonly Json[]])[] = [
  ["two", [get("a"), get("b")]],
  ["one that is not there", [get("a"), get("nobody"), get("b")]],
  ["two tables", [get("a"), { Get: { TableName: entries, Key: itemOf({ pk: "a", sk: 1 }) } }]],
  ["projected", [get("a", { ProjectionExpression: "balance" }), get("c", { ProjectionExpression: "l[1]" })]],
  ["projected to nothing", [get("a", { ProjectionExpression: "gone" })]],
  ["one twice", [get("a"), get("a")]],
  ["none", []],
  ["an empty action", [{}]],
  ["a wrong key", [get("a"), { Get: { TableName: accounts, Key: { pk: { N: "1" } } } }]],
  ["an empty key", [get("")]],
  ["a table that is not there", [get("a"), { Get: { TableName: "Nowhere", Key: itemOf({ pk: "a" }) } }]],
  ["a bad projection", [get("a", { ProjectionExpression: "a," })]],
  ["100 actions", Array.from({ length: 100 }, (_, at) => get(`n${at}`))],
  ["101 actions", Array.from({ length: 101 }, (_, at) => get(`n${at}`))],
];

const repeated = (name: string, ...inputs: readonly JsonObject[]): Case => ({
  name: `token: ${name}`,
  given,
  steps: inputs.map((input) => ({ operation: "TransactWriteItems", input })),
});

/** TransactWriteItems and TransactGetItems. */
export const transactions: Family = {
  name: "transactions",
  tables: [table(accounts, "pk:S"), table(entries, "pk:S", "sk:N")],
  cases: [
    ...writes.map(([name, TransactItems]) => one(`write: ${name}`, given, "TransactWriteItems", { TransactItems })),
    ...reads.map(([name, TransactItems]) => one(`get: ${name}`, given, "TransactGetItems", { TransactItems })),
    repeated(
      "the same again",
      { ClientRequestToken: "token-one", TransactItems: [add("a", 1)] },
      { ClientRequestToken: "token-one", TransactItems: [add("a", 1)] },
    ),
    repeated(
      "another request",
      { ClientRequestToken: "token-two", TransactItems: [add("a", 1)] },
      { ClientRequestToken: "token-two", TransactItems: [add("a", 2)] },
    ),
    repeated(
      "again after a failure",
      { ClientRequestToken: "token-three", TransactItems: [put("a", absent)] },
      { ClientRequestToken: "token-three", TransactItems: [put("a", exists)] },
    ),
    repeated("empty", { ClientRequestToken: "", TransactItems: [add("a", 1)] }),
    repeated("36 characters", { ClientRequestToken: "t".repeat(36), TransactItems: [add("a", 1)] }),
    repeated("37 characters", { ClientRequestToken: "t".repeat(37), TransactItems: [add("a", 1)] }),
  ],
};
