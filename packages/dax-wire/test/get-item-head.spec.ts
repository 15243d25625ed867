import { encodeGetItemRequest, FrameScanner, getItemHead, readGetItemHead } from "@hotkeep/dax-wire";
import { describe, expect, it } from "vitest";

const start = encodeGetItemRequest("Books", Buffer.from("the key")).subarray(0, -2);

function headOf(frame: Buffer) {
  const buffer = Buffer.concat([Buffer.alloc(3), frame]);
  const scanner = new FrameScanner();
  const end = scanner.scan(buffer, 3, buffer.length);
  const head = getItemHead();
  const readable = readGetItemHead(buffer, scanner.argumentsStart, end, head);
  return {
    readable,
    plain: head.plain,
    table: buffer.toString("utf8", head.tableStart, head.tableEnd),
    key: buffer.toString("utf8", head.keyStart, head.keyEnd),
  };
}

function withOptions(hex: string) {
  return headOf(Buffer.concat([start, Buffer.from(hex, "hex")]));
}

describe("the head of a getItem frame", () => {
  it.each(["bfff", "f6", "a0", "bf0300ff", "a10300", "bf02f4ff", "a203000200", "bf030002f4ff"])(
    "with the options %s is a plain read",
    (options) => {
      expect(withOptions(options)).toEqual({ readable: true, plain: true, table: "Books", key: "the key" });
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
    expect(withOptions(options)).toMatchObject({ readable: true, plain: false, table: "Books", key: "the key" });
  });

  it.each([23, 24, 255, 256, 2048, 65_535])("has a key of %i bytes", (length) => {
    const key = "k".repeat(length);
    expect(headOf(encodeGetItemRequest("Books", Buffer.from(key)))).toEqual({
      readable: true,
      plain: true,
      table: "Books",
      key,
    });
  });

  it.each([
    ["a table that is text", "6141 416b bfff"],
    ["a key that is null", "4141 f6 bfff"],
    ["a key of indefinite length", "4141 5f416bff bfff"],
    ["a longer length than needed for the table", "5a0000000141 416b bfff"],
  ])("is left to the decoder with %s", (_, hex) => {
    const frame = Buffer.from(`011a0fb0cc6a${hex.replaceAll(" ", "")}`, "hex");
    expect(headOf(frame).readable).toBe(false);
  });
});
