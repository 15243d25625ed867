import { decodeOrdered, encodeOrdered } from "@hotkeep/attributes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check } from "../arbitraries.js";

const bytes = fc.array(fc.constantFrom(0, 1, 8, 9, 255), { maxLength: 20 }).map((list) => Buffer.from(list));

describe("ordered bytes", () => {
  it("keep the order whatever follows, and decode", () => {
    check(
      fc.property(bytes, bytes, bytes, bytes, (a, b, tailA, tailB) => {
        const left = Buffer.concat([encodeOrdered(a), tailA]);
        const right = Buffer.concat([encodeOrdered(b), tailB]);
        if (a.compare(b) !== 0) expect(left.compare(right)).toBe(a.compare(b));
        const decoded = decodeOrdered(left);
        expect(decoded.bytes.equals(a)).toBe(true);
        expect(left.subarray(decoded.length).equals(tailA)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("take nine bytes for eight", () => {
    expect(encodeOrdered(Buffer.alloc(0))).toHaveLength(9);
    expect(encodeOrdered(Buffer.alloc(8))).toHaveLength(18);
    expect(encodeOrdered(Buffer.alloc(1540))).toHaveLength(1737);
  });

  it("are refused when cut short or made up", () => {
    expect(() => decodeOrdered(encodeOrdered(Buffer.alloc(8)).subarray(0, 17))).toThrow(RangeError);
    expect(() => decodeOrdered(Buffer.alloc(9, 200))).toThrow("these bytes are no ordered encoding");
  });
});
