import { readFileSync } from "node:fs";
import {
  type AttributeMap,
  type AttributeValue,
  type KeySchema,
  type KeyType,
  normalizeNumber,
} from "@hotkeep/attributes";

/** The recorded files. */
export const vectorFiles = [
  "authorizeConnection",
  "batchGetItem",
  "batchWriteItem",
  "defineAttributeList",
  "defineAttributeListId",
  "defineKeySchema",
  "deleteItem",
  "endpoints",
  "errors",
  "getItem",
  "handshake",
  "putItem",
  "query",
  "responseEncodings",
  "scan",
  "transactGetItems",
  "transactWriteItems",
  "updateItem",
] as const;
export type VectorFile = (typeof vectorFiles)[number];

/** JSON of a call's input or output; binaries already as base64 text. */
export type Json = ReturnType<typeof JSON.parse>;

export interface Frame {
  readonly method: string;
  readonly request_hex: string;
  readonly response_hex: string;
}

export interface Vector {
  readonly file: VectorFile;
  readonly name: string;
  readonly client: string;
  readonly call: { readonly operation: string; readonly input: Json };
  readonly request_hex: string | null;
  readonly response_hex: string | null;
  readonly decoded: Json;
  readonly before?: readonly Frame[];
}

function withBase64(value: Json): Json {
  if (Array.isArray(value)) return value.map(withBase64);
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$hex === "string") return Buffer.from(value.$hex, "hex").toString("base64");
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withBase64(member)]));
}

function load(file: VectorFile): Vector[] {
  const text = readFileSync(new URL(`../vectors/${file}.json`, import.meta.url), "utf8");
  return (JSON.parse(text) as Omit<Vector, "file">[]).map((vector) => ({ ...withBase64(vector), file }));
}

/** All recorded vectors. */
export const vectors: readonly Vector[] = vectorFiles.flatMap(load);

/** Key schemas of the tables that were recorded. */
export const schemas: ReadonlyMap<string, KeySchema> = new Map<string, KeySchema>([
  ...(["S", "N", "B"] as KeyType[]).flatMap((hash): [string, KeySchema][] => [
    [`tbl${hash}`, { hash: { name: "pk", type: hash } }],
    ...(["S", "N", "B"] as KeyType[]).map((range): [string, KeySchema] => [
      `tbl${hash}${range}`,
      { hash: { name: "pk", type: hash }, range: { name: "sk", type: range } },
    ]),
  ]),
  ["Orders", { hash: { name: "cust", type: "S" }, range: { name: "ord", type: "N" } }],
]);

/** Key schemas of the indexes of `Orders`. */
export const indexSchemas: ReadonlyMap<string, KeySchema> = new Map<string, KeySchema>([
  ["byStatus", { hash: { name: "status", type: "S" }, range: { name: "ord", type: "N" } }],
  ["keysOnly", { hash: { name: "status", type: "S" } }],
  ["byDate", { hash: { name: "cust", type: "S" }, range: { name: "date", type: "S" } }],
]);

export function schemaOf(table: string): KeySchema {
  const schema = schemas.get(table);
  if (schema === undefined) throw new Error(`no table ${table}`);
  return schema;
}

/** Names of an item without its key, in the order in which the vector's client sorts them. */
export function sortedNames(table: string, item: AttributeMap, client: string): string[] {
  const { hash, range } = schemaOf(table);
  const names = Object.keys(item).filter((name) => name !== hash.name && name !== range?.name);
  return client === "go-v1" ? names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))) : names.sort();
}

/** A recorded item with its numbers in canonical spelling, otherwise as it is: nothing is checked. */
export function itemOf(json: Json): AttributeMap {
  return Object.fromEntries(Object.entries<Json>(json).map(([name, value]) => [name, typedValueOf(value)]));
}

function typedValueOf(json: Json): AttributeValue {
  if (json.N !== undefined) return { N: normalizeNumber(json.N) };
  if (json.NS !== undefined) return { NS: json.NS.map(normalizeNumber) };
  if (json.L !== undefined) return { L: json.L.map(typedValueOf) };
  if (json.M !== undefined) return { M: itemOf(json.M) };
  return json;
}
