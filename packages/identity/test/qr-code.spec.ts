import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { qrCode } from "../src/mfa/qr-code.js";
import { qrPng } from "../src/mfa/qr-png.js";

function text(length: number): string {
  return Array.from({ length }, (_, at) => String.fromCharCode(33 + ((at * 7 + length) % 90))).join("");
}

describe("a QR code", () => {
  // An independent reader gave back the texts of these very symbols when they were written down.
  it.each([
    [1, 21, "0cbe1a72a1c92751"],
    [17, 21, "3e642eae764b4136"],
    [18, 25, "d0cf29d40e5112e7"],
    [150, 45, "6468f2f67ab02835"],
    [300, 61, "317963495492bde5"],
    [858, 97, "c9b163b1ef743867"],
  ])("of %d bytes is %d modules wide and has always the same modules", (length, size, hash) => {
    const code = qrCode(Buffer.from(text(length)));
    expect(code.size).toBe(size);
    expect(createHash("sha256").update(code.dark).digest("hex").slice(0, 16)).toBe(hash);
  });

  it("does not take more than its largest version", () => {
    expect(() => qrCode(new Uint8Array(859))).toThrow("859 bytes do not fit into a QR code");
  });

  it("is a PNG of four pixels a module with a quiet zone", () => {
    const png = qrPng("A");
    expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([116, 116]);
    const data = png.indexOf("IDAT");
    const pixels = inflateSync(png.subarray(data + 4, data + 4 + png.readUInt32BE(data - 4)));
    expect(pixels.length).toBe(116 * 16);
    // Above the code all is white, and its first row begins with the seven dark modules of a finder.
    expect(pixels.subarray(1, 16)).toEqual(Buffer.alloc(15, 0xff));
    expect([...pixels.subarray(16 * 16, 16 * 16 + 7)]).toEqual([0, 0xff, 0xff, 0, 0, 0, 0x0f]);
  });
});
