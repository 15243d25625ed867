import { type AttributeValue, readItem, writeItemJson } from "@hotkeep/attributes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attributeValue, check } from "../arbitraries.js";

const memory = Buffer.alloc(64 * 1024);

function written(item: Readonly<Record<string, AttributeValue>>): string {
  return memory.toString("utf8", 3, writeItemJson(item, memory, 3));
}

/** Text of any UTF-16 units, so also quotes, control characters and lone surrogates. */
const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 0x7f })), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));

describe("an item's JSON text", () => {
  it("is what JSON.stringify makes of any item", () => {
    check(
      fc.property(fc.dictionary(anyText, attributeValue), (item) => {
        expect(written(item)).toBe(JSON.stringify(item));
      }),
    );
  });

  it("has any text as JSON.stringify writes it, in values and in names", () => {
    check(
      fc.property(anyText, anyText, (name, text) => {
        const item = { [name]: { S: text }, more: { L: [{ SS: [text] }] } };
        expect(written(item)).toBe(JSON.stringify(item));
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, Readonly<Record<string, AttributeValue>>]>([
    ["nothing", {}],
    ["names that look like numbers", { b: { S: "" }, 2: { N: "2" }, 1: { N: "1" } }],
    ["what is neither true nor text", { no: { BOOL: false }, yes: { BOOL: true }, none: { NULL: true } }],
    ["empty containers", { list: { L: [] }, map: { M: {} } }],
    ["sets", { s: { SS: ["a", 'b"'] }, n: { NS: ["1", "2.5"] }, b: { BS: ["AQ==", ""] } }],
    ["long text with one quote", { text: { S: `${"x".repeat(300)}"` } }],
    ["long text beyond ASCII", { text: { S: "é€😀".repeat(100) } }],
  ])("has %s as JSON.stringify writes it", (_, item) => {
    expect(written(item)).toBe(JSON.stringify(item));
  });

  it("keeps a name `__proto__`", () => {
    const item = readItem(JSON.parse('{"__proto__":{"S":"a"},"constructor":{"S":"b"}}'));
    expect(written(item)).toBe('{"__proto__":{"S":"a"},"constructor":{"S":"b"}}');
  });

  it.each([
    ["in a long text", { text: { S: "x".repeat(200) } }],
    ["in a short text", { text: { S: "é" } }],
    ["in its structure", { list: { L: Array.from({ length: 20 }, () => ({ BOOL: true })) } }],
  ] as const)("ends behind memory that is full %s, without writing there", (_, item) => {
    const bytes = Buffer.byteLength(JSON.stringify(item));
    const target = Buffer.alloc(bytes + 8, 0xaa);
    for (let room = 0; room < bytes; room++) {
      const part = target.subarray(0, room);
      expect(writeItemJson(item, part, 0)).toBeGreaterThan(room);
      expect(target.subarray(room).every((byte) => byte === 0xaa)).toBe(true);
      target.fill(0xaa);
    }
  });
});
