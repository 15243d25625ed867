import { AwsError, CommonAwsError } from "@hotkeep/core";
import {
  closingResponse,
  daxErrorOf,
  encodeAttributeListIdResponse,
  encodeBatchWriteResponse,
  encodeEndpointsResponse,
  encodeError,
  encodeGetItemResponse,
  encodeKeySchemaResponse,
  encodePageResponse,
  encodeWriteResponse,
  errorCodes,
  errorCodesFor,
  projectionOrdinals,
  WireError,
} from "@hotkeep/dax-wire";
import { describe, expect, it } from "vitest";
import { schemaOf } from "./support/vectors.js";

const schema = schemaOf("tblS");
const node = { nodeId: 1, port: 8111, leader: true };

function hex(bytes: Buffer): string {
  return bytes.toString("hex");
}

describe("answers", () => {
  it("to a read of a missing item leave the item out", () => {
    expect(hex(encodeGetItemResponse({}, schema, () => 2))).toBe("80a0");
  });

  it("of empty attributes leave them out", () => {
    expect(hex(encodeWriteResponse({ attributes: {}, updatedOnly: true }, schema, () => 2))).toBe("80a0");
  });

  it("with several index units keep them apart by name", () => {
    const consumedCapacity = {
      TableName: "t",
      CapacityUnits: 3,
      Table: { CapacityUnits: 1 },
      GlobalSecondaryIndexes: { g: { CapacityUnits: 1 }, h: { CapacityUnits: 1 } },
    };
    const one = "fb3ff0000000000000";
    const inner = `6174fb4008000000000000${one}a26167${one}6168${one}f6`;
    expect(hex(encodeWriteResponse({ consumedCapacity }, schema, () => 2))).toBe(
      `80a10158${(inner.length / 2).toString(16)}${inner}`,
    );
  });

  it("to an index query have a last key of indefinite length, others the table's key", () => {
    const page = { items: [], count: 0, scannedCount: 0, lastEvaluatedKey: { pk: { S: "a" }, g: { N: "1" } } };
    expect(hex(encodePageResponse({ ...page, indexed: true }, schema, () => 2))).toBe(
      "80a4078008000a00094abf62706b6161616701ff",
    );
    expect(hex(encodePageResponse({ ...page, indexed: false }, schema, () => 2))).toBe("80a4078008000a00094161");
  });

  it("to a batch of writes name only tables with something left", () => {
    expect(hex(encodeBatchWriteResponse({ unprocessed: [{ table: "t", schema, writes: [] }] }, () => 2))).toBe(
      "80a080a0",
    );
  });

  it("about a schema have the partition key first", () => {
    expect(hex(encodeKeySchemaResponse(schemaOf("tblNB")))).toBe("80a262706b614e62736b6142");
  });

  it("never tell clients a list id that they cannot use", () => {
    expect(() => encodeAttributeListIdResponse(0)).toThrow("`0` cannot be an attribute list's id");
    expect(() => encodeAttributeListIdResponse(2 ** 53)).toThrow("cannot be an attribute list's id");
  });
});

describe("endpoints", () => {
  it("have 4 bytes for IPv4 and 16 for IPv6, and only the fields that are known", () => {
    expect(hex(encodeEndpointsResponse([{ ...node, address: "127.31.0.9" }]))).toBe(
      "8081a4000102447f1f000903191faf0401",
    );
    const v6 = (address: string) => hex(encodeEndpointsResponse([{ ...node, address }])).slice(12, 12 + 34);
    expect(v6("2001:db8::1")).toBe("5020010db8000000000000000000000001");
    expect(v6("::")).toBe(`50${"00".repeat(16)}`);
    expect(v6("::1")).toBe(`50${"00".repeat(15)}01`);
    expect(v6("fe80::")).toBe(`50fe80${"00".repeat(14)}`);
    expect(v6("1:2:3:4:5:6:7:8")).toBe("5000010002000300040005000600070008");
    expect(v6("::ffff:10.0.0.1")).toBe("5000000000000000000000ffff0a000001");
  });

  it.each(["node-a.example", "", "fe80::1%eth0", "300.1.1.1"])("cannot be dialled at `%s`", (address) => {
    expect(() => encodeEndpointsResponse([{ ...node, address }])).toThrow(`\`${address}\` is not an IP address`);
  });
});

describe("errors", () => {
  it("without further information end in null", () => {
    const error = { codes: errorCodes.authenticationRequired, message: "Connection requires authentication" };
    expect(hex(encodeError(error))).toBe(`840417181f18217822${Buffer.from(error.message).toString("hex")}f6`);
  });

  it.each([
    ["ResourceNotFoundException", [4, 37, 38, 39, 41]],
    ["AccessDeniedException", [4, 37, 38, 42]],
    ["TransactionCanceledException", [4, 37, 38, 39, 58]],
    ["RequestLimitExceeded", [4, 37, 38, 39, 61]],
    ["UnrecognizedClientException", [4, 37, 38, 39, 46]],
  ])("%s has the codes %j", (code, codes) => {
    expect(errorCodesFor(code)).toEqual(codes);
  });

  it.each([
    [new AwsError("ConditionalCheckFailedException", "m"), [4, 37, 38, 39, 43], "ConditionalCheckFailedException", 400],
    [new CommonAwsError("AccessDenied", "m"), [4, 37, 38, 42], "AccessDeniedException", 400],
    [new CommonAwsError("Throttling", "m"), [4, 37, 38, 39, 50], "ThrottlingException", 400],
    [new CommonAwsError("Internal", "m"), [4, 37, 38, 39, 47], "InternalServerError", 500],
    [new CommonAwsError("ServiceUnavailable", "m"), [4, 37, 38, 39, 47], "InternalServerError", 500],
    [new AwsError("SomethingOfOurs", "m", { fault: "server" }), [4, 37, 38, 39, 47], "InternalServerError", 500],
    [
      new AwsError("ReplicatedWriteConflictException", "m"),
      [4, 37, 38, 39, 46],
      "ReplicatedWriteConflictException",
      400,
    ],
  ])("%s goes to clients with codes that they know", (error, codes, code, status) => {
    expect(daxErrorOf(error, "id")).toEqual({ codes, message: "m", requestId: "id", code, status });
  });

  it("in the stream are answered before closing only where the client can read on", () => {
    expect(hex(closingResponse(new WireError("unknown-method", "m"))!)).toBe("840418251826182c616df6");
    expect(hex(closingResponse(new WireError("wrong-service", "m"))!)).toBe("840418251826182c616df6");
    for (const kind of ["malformed", "too-large", "too-deep"] as const) {
      expect(closingResponse(new WireError(kind, "m"))).toBeNull();
    }
  });
});

describe("projected items by ordinal", () => {
  const s = (text: string) => ({ S: text });

  it("are the values at the paths, and nothing for a path that is not there", () => {
    const item = { a: s("x"), m: { M: { y: { M: { z: s("deep") } } } } };
    const found = projectionOrdinals([["zz"], ["m", "y", "z"], ["a"], ["m", "q"]], item);
    expect([...found]).toEqual([
      [1, s("deep")],
      [2, s("x")],
    ]);
  });

  it("find list elements again whose gaps are closed, in the document's order", () => {
    const projection = [
      ["c", 4],
      ["c", 1],
      ["c", 2, "d"],
      ["c", 9],
    ] as [string, number][];
    expect([...projectionOrdinals(projection, { c: { L: [s("one"), { M: { d: s("d") } }, s("four")] } })]).toEqual([
      [0, s("four")],
      [1, s("one")],
      [2, s("d")],
    ]);
  });

  it("pass over an element that the item has not", () => {
    const projection = [
      ["c", 0, "x"],
      ["c", 1, "y"],
      ["c", 2, "y"],
    ] as unknown as [string][];
    expect([...projectionOrdinals(projection, { c: { L: [{ M: { y: s("1") } }, { M: { y: s("2") } }] } })]).toEqual([
      [1, s("1")],
      [2, s("2")],
    ]);
  });

  it("are refused when the table returned more than was asked for", () => {
    expect(() => projectionOrdinals([["a"]], { b: s("x") })).toThrow(
      "The table returned attributes that the projection does not name",
    );
  });
});
