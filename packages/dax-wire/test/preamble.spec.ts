import { encodePreamble, readPreamble, WireError } from "@hotkeep/dax-wire";
import { describe, expect, it } from "vitest";

const magic = "674a37796e653547";

function read(hex: string) {
  const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
  return readPreamble(bytes, 0, bytes.length);
}

describe("the preamble", () => {
  it("may have a session of bytes, text or null and any headers", () => {
    for (const session of [Buffer.from("0123456789abcdef"), "17", null]) {
      const bytes = encodePreamble("Agent", session);
      expect(readPreamble(bytes, 0, bytes.length)).toEqual({
        end: bytes.length,
        session,
        userAgent: "Agent",
        headers: new Map([["UserAgent", "Agent"]]),
      });
    }
    expect(read(`${magic} 00 f6 a0 00`)).toMatchObject({ userAgent: null });
    expect(read(`${magic} 00 f6 bf 6161 6162 ff 00`)?.headers).toEqual(new Map([["a", "b"]]));
  });

  it("is refused at its first wrong byte", () => {
    for (const start of ["16", "6848", "474554202f", `${magic.slice(0, 14)}48`]) {
      expect(() => read(start)).toThrow(
        "This is not a DAX connection: the preamble does not start with the magic text",
      );
    }
    expect(read("674a")).toBeUndefined();
    expect(read("")).toBeUndefined();
  });

  it.each([
    [`${magic} 01 f6 a0 00`, "There is no layering 1"],
    [`${magic} 00 f6 a0 01`, "There is no client mode 1"],
    [`${magic} 00 f5 a0 00`, "The preamble is wrong: Malformed request: the session is not a text"],
    [`${magic} 00 f6 80 00`, "The preamble is wrong: Malformed request: the headers is not a map"],
    [`${magic} 00 f6 a1 61ff 6161 00`, "The preamble is wrong: Malformed request: a header's name is not valid UTF-8"],
    [`${magic} 00 ff`, "Not CBOR: a break out of place at byte 9"],
  ])("%s is refused", (hex, message) => {
    expect(() => read(hex)).toThrow(message);
    expect(() => read(hex)).toThrow(WireError);
  });

  it("has a limit", () => {
    const long = encodePreamble("x".repeat(8_200), null);
    expect(() => readPreamble(long, 0, long.length)).toThrow("The preamble is longer than 8192 bytes");
    expect(() => readPreamble(long, 0, 8_193)).toThrow("The preamble is longer than 8192 bytes");
    expect(readPreamble(long, 0, 8_000)).toBeUndefined();
  });
});
