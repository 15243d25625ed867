import {
  type DaxRequest,
  decodeRequest,
  decodeStartKey,
  effectiveSelect,
  encodeDefineAttributeListIdRequest,
  encodeDefineAttributeListRequest,
  encodeDefineKeySchemaRequest,
  encodeDeleteItemRequest,
  isWrite,
  methodIds,
  type QueryRequest,
  requestTables,
} from "@hotkeep/dax-wire";
import { describe, expect, it } from "vitest";
import { CborWriter } from "../src/cbor/writer.js";
import { schemaOf } from "./support/vectors.js";

function frame(method: keyof typeof methodIds, hex: string): DaxRequest {
  const writer = new CborWriter();
  writer.integer(1);
  writer.integer(methodIds[method]);
  writer.raw(Buffer.from(hex.replaceAll(" ", ""), "hex"));
  return decodeRequest(writer.finish());
}

const scanT = (options: string) => frame("scan", `4174 ${options}`);
const getT = (options: string) => frame("getItem", `4174 416b ${options}`);
const condition = "4a8301820c821262706b80";

describe("options", () => {
  it("are DynamoDB's defaults when there are none", () => {
    const read = {
      method: "getItem",
      table: "t",
      key: Buffer.from("k"),
      consistentRead: false,
      returnConsumedCapacity: "NONE",
    };
    for (const options of ["f6", "bfff", "a0"]) expect(getT(options)).toEqual(read);
    expect(frame("deleteItem", "4174 416b f6")).toEqual({
      method: "deleteItem",
      table: "t",
      key: Buffer.from("k"),
      returnConsumedCapacity: "NONE",
      returnItemCollectionMetrics: "NONE",
      returnValues: "NONE",
    });
    expect(scanT("f6")).toEqual({ method: "scan", table: "t", consistentRead: false, returnConsumedCapacity: "NONE" });
    expect(frame("query", "4174 f6 f6")).toEqual({
      method: "query",
      table: "t",
      consistentRead: false,
      scanIndexForward: true,
      returnConsumedCapacity: "NONE",
    });
  });

  it("take consistent read as boolean and as integer", () => {
    expect(getT("bf02f5ff")).toMatchObject({ consistentRead: true });
    expect(getT("bf0201ff")).toMatchObject({ consistentRead: true });
    expect(scanT("a102f5")).toMatchObject({ consistentRead: true });
    expect(() => getT("bf0202ff")).toThrow("Malformed request: option consistentRead is neither 0 nor 1");
  });

  it("that come twice count the second time, as one client writes expressions first as text", () => {
    const text = `58 18 ${Buffer.from("attribute_exists(#text1)").toString("hex")}`;
    const request = frame("deleteItem", `4174 416b bf 01 a1612361 61 04 ${text} 05 a1623a76 01 04 ${condition} ff`);
    expect(request).toMatchObject({ condition: { kind: "attribute_not_exists", path: ["pk"] } });
  });

  it("that the operation does not have are ignored", () => {
    expect(getT("bf 0d05 0f01 12f6 0c4101 ff")).toEqual(getT("f6"));
  });

  it("may be null", () => {
    expect(scanT("bf 0df6 0af6 0bf6 ff")).toEqual(scanT("f6"));
  });

  it("have DynamoDB's words for their numbers", () => {
    expect(scanT("bf 0302 0b41 69 0d0a 0f03 1001 1104 ff")).toEqual({
      method: "scan",
      table: "t",
      indexName: "i",
      consistentRead: false,
      limit: 10,
      select: "COUNT",
      segment: 1,
      totalSegments: 4,
      returnConsumedCapacity: "INDEXES",
    });
    for (const [number, word] of ["NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"].entries()) {
      expect(frame("updateItem", `4174 416b bf 070${number + 1} ff`)).toMatchObject({ returnValues: word });
    }
  });

  it.each([
    ["a key that no client knows", "bf 14 01 ff", "there is no option with the number 20"],
    ["a negative key", "bf 20 01 ff", "there is no option with the number -1"],
    ["an unknown capacity", "bf 03 03 ff", "option returnConsumedCapacity has the unknown value 3"],
    ["an unknown select", "bf 0f 00 ff", "option select has the unknown value 0"],
    ["an index name that is text", "bf 0b 6169 ff", "IndexName is not a byte string"],
    ["a limit that is text", "bf 0d 6131 ff", "Limit is not an integer"],
    ["a filter that is text", "bf 0a 6131 ff", "option filter is not a byte string"],
    ["more options than there can be", `b841 ${"0300".repeat(65)}`, "there are more than 64 options"],
    ["an array for options", "80", "the options is not a map"],
  ])("with %s are refused", (_, options, message) => {
    expect(() => scanT(options)).toThrow(`Malformed request: ${message}`);
  });
});

describe("Select as one client family sends it", () => {
  const query = (options: string) => frame("query", `4174 f6 ${options}`) as QueryRequest;

  it("counts as not given with a projection, and where not all attributes are projected", () => {
    expect(effectiveSelect(query("bf 0f01 004782018182126161 ff"), true)).toBeUndefined();
    expect(effectiveSelect(query("bf 0f01 0b4169 ff"), false)).toBeUndefined();
  });

  it("counts where DynamoDB takes it, and so do the other values", () => {
    expect(effectiveSelect(query("bf 0f01 ff"), true)).toBe("ALL_ATTRIBUTES");
    expect(effectiveSelect(query("bf 0f03 004782018182126161 ff"), true)).toBe("COUNT");
    expect(effectiveSelect(query("bf ff"), true)).toBeUndefined();
  });
});

describe("start keys", () => {
  it("are key bytes without an index and a map with one", () => {
    const schema = schemaOf("tblSN");
    const plain = frame("scan", "4174 bf 09 46 6161c11c0000 ff") as QueryRequest;
    expect(decodeStartKey(plain, schema)).toEqual({ pk: { S: "a" }, sk: { N: "1" } });
    for (const map of ["bf 6161 01 ff", "a1 6161 01"]) {
      const length = map.replaceAll(" ", "").length / 2;
      const indexed = frame("scan", `4174 bf 0b4169 09 4${length} ${map} ff`) as QueryRequest;
      expect(decodeStartKey(indexed, schema)).toEqual({ a: { N: "1" } });
    }
    expect(decodeStartKey(frame("scan", "4174 f6") as QueryRequest, schema)).toBeUndefined();
    const trailing = frame("scan", "4174 bf 0b4169 09 45 a1 6161 01 02 ff") as QueryRequest;
    expect(() => decodeStartKey(trailing, schema)).toThrow("Malformed request: there is something behind a key");
  });
});

describe("requests of a wrong shape", () => {
  it.each([
    ["a table name that is text", "getItem", "6174 416b f6", "the table name is not a byte string"],
    ["a table name that is no UTF-8", "getItem", "41ff 416b f6", "the table name is not valid UTF-8"],
    ["a key that is null", "getItem", "4174 f6 f6", "the key is not a byte string"],
    ["a batch that is an array", "batchGetItem", "80 f6", "RequestItems is not a map"],
    ["a batch with a table name in bytes", "batchGetItem", "a1 4174 83f4f680 f6", "a table name is not a text"],
    [
      "a table twice in a batch",
      "batchGetItem",
      "a2 6174 83f4f680 6174 83f4f680 f6",
      "the table `t` is in RequestItems twice",
    ],
    ["a batch with two parts", "batchGetItem", "a1 6174 82f4f6 f6", "the request for t does not have three parts"],
    [
      "a batch key without item",
      "batchWriteItem",
      "a1 6174 81416b f6",
      "the writes to t are not pairs of key and item",
    ],
    [
      "fewer keys than tables",
      "transactGetItems",
      "824174 4174 81416b 82f6f6 f6",
      "the parts of a transaction do not have the same length",
    ],
    [
      "an unknown operation",
      "transactWriteItems",
      "8101 814174 81416b 81f6 f6 8101 81f6 81f6 f6",
      "a transaction has the unknown operation 1",
    ],
    [
      "a put without item",
      "transactWriteItems",
      "8102 814174 81416b 81f6 f6 8101 81f6 81f6 f6",
      "a put, and only a put, has an item",
    ],
    [
      "a delete with item",
      "transactWriteItems",
      "8107 814174 81416b 814101 f6 8101 81f6 81f6 f6",
      "a put, and only a put, has an item",
    ],
    [
      "an unknown failure code",
      "transactWriteItems",
      "8107 814174 81416b 81f6 f6 8103 81f6 81f6 f6",
      "3 is no condition-failure code",
    ],
    ["a name twice in a list", "defineAttributeListId", "82 6161 6161", "the attribute `a` is in the list twice"],
    ["a list id that is text", "defineAttributeList", "6161", "an attribute list id is not an integer"],
  ] as const)("%s is refused", (_, method, hex, message) => {
    expect(() => frame(method, hex)).toThrow(
      expect.objectContaining({ code: "ValidationException", message: `Malformed request: ${message}` }),
    );
  });
});

describe("control requests", () => {
  it("come back as they were written", () => {
    expect(decodeRequest(encodeDefineKeySchemaRequest("Books"))).toEqual({ method: "defineKeySchema", table: "Books" });
    expect(decodeRequest(encodeDefineAttributeListIdRequest(["b", "a"]))).toEqual({
      method: "defineAttributeListId",
      names: ["b", "a"],
    });
    expect(decodeRequest(encodeDefineAttributeListRequest(70_000))).toEqual({
      method: "defineAttributeList",
      id: 70_000,
    });
  });

  it("tell their tables, and whether they write", () => {
    const request = decodeRequest(encodeDeleteItemRequest("Books", Buffer.from("k")));
    expect(requestTables(request)).toEqual(["Books"]);
    expect(isWrite(request.method)).toBe(true);
    const batch = frame("transactGetItems", "824174 4174 82416b416c 82f6f6 f6");
    expect(requestTables(batch)).toEqual(["t"]);
    expect(isWrite(batch.method)).toBe(false);
  });
});

describe("requests that are too long", () => {
  const head = (count: number) => `99${count.toString(16).padStart(4, "0")}`;

  it("are refused with 101 keys, 26 writes, 101 actions", () => {
    const keys = (count: number) => `a1 6174 83f4f6 ${head(count)} ${"40".repeat(count)} f6`;
    expect(frame("batchGetItem", keys(100))).toMatchObject({ tables: [{ table: "t" }] });
    expect(() => frame("batchGetItem", keys(101))).toThrow("Too many items requested for the BatchGetItem call");
    const writes = (count: number) => `a1 6174 ${head(count * 2)} ${"40f6".repeat(count)} f6`;
    expect(frame("batchWriteItem", writes(25))).toMatchObject({ tables: [{ table: "t" }] });
    expect(() => frame("batchWriteItem", writes(26))).toThrow("Too many items requested for the BatchWriteItem call");
    const gets = (count: number) =>
      `${head(count)} ${"4174".repeat(count)} ${head(count)} ${"40".repeat(count)} ${head(count)} ${"f6".repeat(count)} f6`;
    expect(frame("transactGetItems", gets(100))).toHaveProperty("gets.length", 100);
    expect(() => frame("transactGetItems", gets(101))).toThrow(
      "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100",
    );
  });

  it("are refused with more names in a list than fit into an item", () => {
    const names = Array.from({ length: 8 }, (_, index) => `7a00010000${`6${index}`.repeat(65_536)}`).join("");
    expect(() => frame("defineAttributeListId", `88 ${names}`)).toThrow(
      "an attribute list is longer than 409600 bytes",
    );
    const many = Array.from(
      { length: 16_385 },
      (_, index) => `64${Buffer.from(index.toString(36).padStart(4, "0")).toString("hex")}`,
    );
    expect(() => frame("defineAttributeListId", `${head(16_385)} ${many.join("")}`)).toThrow(
      "an attribute list has more than 16384 names",
    );
  });
});
