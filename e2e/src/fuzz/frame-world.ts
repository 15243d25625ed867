import type { DynamoDB } from "@aws-sdk/client-dynamodb";
import type { IAM } from "@aws-sdk/client-iam";
import { encodeAuthorizeRequest, encodeDefineAttributeListIdRequest, encodePreamble } from "@hotkeep/dax-wire";
import type { Keys } from "../clients.js";
import { CborReading } from "./cbor.js";
import { exchange } from "./exchange.js";
import { recordedLists, recordedTables } from "./frame-corpus.js";

type KeyType = "S" | "N" | "B";

const key = (hash: string, range?: string) => [
  { AttributeName: hash, KeyType: "HASH" as const },
  ...(range === undefined ? [] : [{ AttributeName: range, KeyType: "RANGE" as const }]),
];
const definition = (AttributeName: string, type: string) => ({ AttributeName, AttributeType: type as KeyType });
const projected = { Projection: { ProjectionType: "ALL" as const } };

/** Makes the tables that the recorded frames are about, and lets the cluster use them. */
export async function makeRecordedTables(dynamodb: DynamoDB, iam: IAM, serviceRole: string): Promise<void> {
  for (const { name, hash, range } of recordedTables) {
    await dynamodb.createTable({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [definition("pk", hash), ...(range === undefined ? [] : [definition("sk", range)])],
      KeySchema: key("pk", range === undefined ? undefined : "sk"),
    });
  }
  await dynamodb.createTable({
    TableName: "Orders",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      definition("cust", "S"),
      definition("ord", "N"),
      definition("status", "S"),
      definition("date", "S"),
    ],
    KeySchema: key("cust", "ord"),
    GlobalSecondaryIndexes: [
      { IndexName: "byStatus", KeySchema: key("status", "ord"), ...projected },
      { IndexName: "keysOnly", KeySchema: key("status"), Projection: { ProjectionType: "KEYS_ONLY" } },
    ],
    LocalSecondaryIndexes: [{ IndexName: "byDate", KeySchema: key("cust", "date"), ...projected }],
  });
  await iam.putRolePolicy({
    RoleName: serviceRole,
    PolicyName: "EveryTable",
    PolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "dynamodb:*", Resource: "*" }],
    }),
  });
}

/** An authorizeConnection frame of these keys. */
export function authorization(keys: Keys, region: string, now: number): Buffer {
  return encodeAuthorizeRequest({ ...keys, region, now });
}

/**
 * Has the node allot the ids 2, 3, … to the lists that the recorded frames mean by them.
 *
 * @throws Error when other ids are taken: then somebody has asked before
 */
export async function defineRecordedLists(endpoint: string, authorize: Buffer): Promise<void> {
  const lists = recordedLists();
  const bytes = await exchange(
    endpoint,
    [Buffer.concat([encodePreamble("Fuzz", null), authorize, ...lists.map(encodeDefineAttributeListIdRequest)])],
    10_000,
  );
  const reading = new CborReading(bytes);
  for (const [index, names] of lists.entries()) {
    const codes = reading.value();
    const id = reading.value();
    if (codes.children.length > 0 || Number(id.argument) !== index + 2) {
      throw new Error(`the list ${names.join()} got the id ${id.argument} instead of ${index + 2}`);
    }
  }
}
