import { encodeGetItemRequest, FrameScanner, plainGetItem, readPlainGetItem } from "@hotkeep/dax-wire";
import { describe, expect, it } from "vitest";

const start = encodeGetItemRequest("Books", Buffer.from("the key")).subarray(0, -2);

/** The parts of a frame with something before and behind it; undefined when it is not plain. */
function partsOf(frame: Buffer) {
  const buffer = Buffer.concat([Buffer.alloc(3), frame, Buffer.from("011a", "hex")]);
  const parts = plainGetItem();
  const end = readPlainGetItem(buffer, 3, buffer.length, parts);
  if (end < 0) return undefined;
  const scanner = new FrameScanner();
  expect(scanner.scan(buffer, 3, buffer.length)).toBe(end);
  expect(scanner.argumentsStart).toBe(parts.argumentsStart);
  return {
    table: buffer.toString("utf8", parts.tableStart, parts.tableEnd),
    key: buffer.toString("utf8", parts.keyStart, parts.keyEnd),
  };
}

const withOptions = (hex: string) => partsOf(Buffer.concat([start, Buffer.from(hex, "hex")]));

describe("a getItem frame", () => {
  it.each(["bfff", "f6", "a0", "bf0300ff", "a10300", "bf02f4ff", "a203000200", "bf030002f4ff"])(
    "with the options %s is a plain read",
    (options) => {
      expect(withOptions(options)).toEqual({ table: "Books", key: "the key" });
    },
  );

  it.each([
    ["a consistent read", "bf02f5ff"],
    ["a consistent read written as an integer", "a10201"],
    ["capacity", "bf0301ff"],
    ["a projection", "bf004782018182126161ff"],
    ["an option in an unusual encoding", "bf180300ff"],
    ["three options", "a3030002f40300"],
  ])("with %s is not plain", (_, options) => {
    expect(withOptions(options)).toBeUndefined();
  });

  it.each([23, 24, 255, 256, 2048, 65_535])("has a key of %i bytes", (length) => {
    const key = "k".repeat(length);
    expect(partsOf(encodeGetItemRequest("Books", Buffer.from(key)))).toEqual({ table: "Books", key });
  });

  it.each([
    ["a table that is text", "011a0fb0cc6a 6141 416b bfff"],
    ["a key that is null", "011a0fb0cc6a 4141 f6 bfff"],
    ["a key of indefinite length", "011a0fb0cc6a 4141 5f416bff bfff"],
    ["a longer length than needed for the table", "011a0fb0cc6a 5a0000000141 416b bfff"],
    ["another service", "021a0fb0cc6a 4141 416b bfff"],
    ["another method", "011a0fb0cc6b 4141 416b bfff"],
    ["a method id in eight bytes", "011b000000000fb0cc6a 4141 416b bfff"],
  ])("is left to the scanner and the decoder with %s", (_, hex) => {
    expect(partsOf(Buffer.from(hex.replaceAll(" ", ""), "hex"))).toBeUndefined();
  });

  it("is left to the scanner as long as any byte of it is missing", () => {
    for (const options of ["bf030002f4ff", "a203000200", "f6"]) {
      const frame = Buffer.concat([start, Buffer.from(options, "hex")]);
      for (let end = 0; end < frame.length; end++) expect(readPlainGetItem(frame, 0, end, plainGetItem())).toBe(-1);
      expect(readPlainGetItem(frame, 0, frame.length, plainGetItem())).toBe(frame.length);
    }
  });
});
