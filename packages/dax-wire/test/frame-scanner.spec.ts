import { encodeEndpointsRequest, encodeGetItemRequest, FrameScanner, methodIds, WireError } from "@hotkeep/dax-wire";
import { describe, expect, it } from "vitest";
import { CborWriter } from "../src/cbor/writer.js";

const getItem = encodeGetItemRequest("Books", Buffer.from("key"));

function failure(hex: string): WireError {
  const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
  try {
    new FrameScanner().scan(bytes, 0, bytes.length);
  } catch (error) {
    if (error instanceof WireError) return error;
    throw error;
  }
  throw new Error("no failure");
}

/** A batchWriteItem frame with one put whose item has `itemBytes` bytes. */
function largeFrame(itemBytes: number): Buffer {
  const writer = new CborWriter();
  writer.integer(1);
  writer.integer(methodIds.batchWriteItem);
  writer.map(1);
  writer.text("t");
  writer.array(2);
  writer.bytes(Buffer.from("k"));
  writer.bytes(Buffer.alloc(itemBytes, 1));
  writer.openMap();
  writer.endOpen();
  return writer.finish();
}

describe("the frame scanner", () => {
  it("finds the end of each of several frames in one buffer", () => {
    const buffer = Buffer.concat([Buffer.of(9, 9), getItem, encodeEndpointsRequest(), getItem]);
    const scanner = new FrameScanner();
    const first = scanner.scan(buffer, 2, buffer.length);
    expect(first).toBe(2 + getItem.length);
    expect(scanner.method).toBe(methodIds.getItem);
    expect(scanner.argumentsStart).toBe(8);
    const second = scanner.scan(buffer, first, buffer.length);
    expect(second).toBe(first + 6);
    expect(scanner.method).toBe(methodIds.endpoints);
    expect(scanner.scan(buffer, second, buffer.length)).toBe(buffer.length);
  });

  it("needs more until the last byte of a frame that comes byte by byte", () => {
    const scanner = new FrameScanner();
    for (let end = 0; end < getItem.length; end++) {
      expect(scanner.scan(getItem, 0, end)).toBe(-1);
      expect(scanner.bytesNeeded).toBeGreaterThan(end);
      expect(scanner.bytesNeeded).toBeLessThanOrEqual(getItem.length);
    }
    expect(scanner.scan(getItem, 0, getItem.length)).toBe(getItem.length);
  });

  it("says how long a frame is as soon as a long string has begun", () => {
    const frame = largeFrame(1_000_000);
    const scanner = new FrameScanner();
    expect(scanner.scan(frame, 0, 100)).toBe(-1);
    expect(scanner.bytesNeeded).toBeGreaterThan(1_000_000);
  });

  it("never looks twice at what it has scanned, wherever the bytes move", () => {
    const writer = new CborWriter();
    writer.raw(getItem.subarray(0, 6));
    writer.bytes(Buffer.from("t"));
    writer.bytes(Buffer.from("k"));
    writer.map(3_000);
    for (let i = 0; i < 3_000; i++) {
      writer.integer(i);
      writer.text(`value ${i}`);
    }
    const frame = writer.finish();
    const scanner = new FrameScanner();
    for (let end = 0; end < frame.length; end += 61) {
      // Everything before the last step is overwritten with bytes that are no CBOR.
      const copy = Buffer.alloc(end + 7, 0x1c);
      const seen = Math.max(0, end - 2 * 61);
      frame.copy(copy, 7 + seen, seen, end);
      expect(scanner.scan(copy, 7, copy.length)).toBe(-1);
    }
    expect(scanner.scan(frame, 0, frame.length)).toBe(frame.length);
  });

  it("forgets a begun frame on reset", () => {
    const scanner = new FrameScanner();
    expect(scanner.scan(getItem, 0, 9)).toBe(-1);
    scanner.reset();
    expect(scanner.scan(encodeEndpointsRequest(), 0, 6)).toBe(6);
  });

  it("accepts ids and lengths that are longer than they need to be", () => {
    const frame = Buffer.from("18011b000000000fb0cc6a590001745a000000016bbfff", "hex");
    const scanner = new FrameScanner();
    expect(scanner.scan(frame, 0, frame.length)).toBe(frame.length);
    expect(scanner.method).toBe(methodIds.getItem);
  });

  it("accepts open-ended arrays, maps and strings, tags, floats and all simple values", () => {
    const hex = "011a0fb0cc6a5f4101ff7f6161ffbf009fc2410102ff01fb3ff000000000000002f93c0003f8ff04f7ff";
    const bytes = Buffer.from(hex, "hex");
    expect(new FrameScanner().scan(bytes, 0, bytes.length)).toBe(bytes.length);
  });
});

describe("what cannot be a request", () => {
  it.each([
    ["reserved additional information", "011a0fb0cc6a 5c", "Not CBOR: the reserved byte 5c at byte 6"],
    ["a break where a value is due", "011a0fb0cc6a ff", "Not CBOR: a break out of place at byte 6"],
    ["a break in a definite array", "011a0fb0cc6a 8201ff", "Not CBOR: a break out of place at byte 8"],
    ["a break between key and value", "011a0fb0cc6a bf01ff", "Not CBOR: a break out of place at byte 8"],
    ["a break behind a tag", "011a0fb0cc6a 9fc2ff", "Not CBOR: a break out of place at byte 8"],
    ["an open-ended integer", "011a0fb0cc6a 1f", "Not CBOR: the reserved byte 1f at byte 6"],
    ["an open-ended tag", "011a0fb0cc6a df", "Not CBOR: the reserved byte df at byte 6"],
    [
      "text in an open-ended byte string",
      "011a0fb0cc6a 5f6161",
      "Not CBOR: a wrong piece in a string of indefinite length at byte 7",
    ],
    [
      "an open-ended piece of a string",
      "011a0fb0cc6a 5f5f",
      "Not CBOR: a wrong piece in a string of indefinite length at byte 7",
    ],
    ["a first value that is no integer", "8001", "A request has to start with two integers"],
    ["a method that is no integer", "0141", "A request has to start with two integers"],
  ])("%s is malformed", (_, hex, message) => {
    const error = failure(hex);
    expect([error.kind, error.message]).toEqual(["malformed", message]);
  });

  it("an unknown method is refused before its arguments arrive", () => {
    const error = failure("011a00001234");
    expect([error.kind, error.message]).toEqual(["unknown-method", "There is no method with the id 4660"]);
  });

  it("methods that clients know but never send are unknown", () => {
    expect(failure("011a6fb4ca33").kind).toBe("unknown-method");
  });

  it("another service is refused", () => {
    const error = failure("021a0fb0cc6a");
    expect([error.kind, error.message]).toEqual(["wrong-service", "There is no service with the id 2"]);
  });

  it.each([
    ["a string", "011a0fb0cc6a 5a04000001"],
    ["a string with an 8-byte length", "011a0fb0cc6a 5bffffffffffffffff"],
    ["an array", "011a0fb0cc6a 9b0000ffffffffffff"],
    ["a map", "011a0fb0cc6a ba40000000"],
  ])("%s beyond the limit is refused at its head", (_, hex) => {
    const error = failure(hex);
    expect([error.kind, error.message]).toEqual(["too-large", "The request is longer than 67108864 bytes"]);
  });

  it("strings that are beyond the limit only together are refused", () => {
    // The scanner does not read strings, so the bytes need not be there.
    const scanner = new FrameScanner();
    const head = Buffer.from("011a0fb0cc6a5a03fffff0", "hex");
    expect(scanner.scan(head, 0, head.length)).toBe(-1);
    const rest = Buffer.alloc(scanner.bytesNeeded + 5);
    rest.write("5a00001000", scanner.bytesNeeded, "hex");
    expect(() => scanner.scan(rest, 0, rest.length)).toThrow("The request is longer than 67108864 bytes");
  });

  it("a frame beyond a lower limit is refused too, for connections without authorisation", () => {
    const scanner = new FrameScanner();
    scanner.bytesMax = 1_000;
    const frame = largeFrame(1_000);
    expect(() => scanner.scan(frame, 0, 50)).toThrow("The request is longer than 1000 bytes");
    scanner.reset();
    const shorter = largeFrame(900);
    expect(scanner.scan(shorter, 0, shorter.length)).toBe(shorter.length);
  });

  it.each(["81", "9f", "a100", "bf00"])("nesting of %s beyond 64 levels is refused", (level) => {
    const head = "011a0fb0cc6a";
    const allowed = Buffer.from(head + level.repeat(64), "hex");
    expect(new FrameScanner().scan(allowed, 0, allowed.length)).toBe(-1);
    const error = failure(head + level.repeat(65));
    expect([error.kind, error.message]).toEqual(["too-deep", "The request is nested deeper than 64 levels"]);
  });
});
