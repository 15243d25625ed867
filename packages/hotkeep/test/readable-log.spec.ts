import { describe, expect, it } from "vitest";
import { readableLine } from "../src/gateway/readable-log.js";

const entry = { level: 40, time: "2026-11-23T07:33:01.123Z", pid: 7, name: "gateway" };

describe("a log line for people", () => {
  it("says when, how bad, who, what and the details", () => {
    const line = JSON.stringify({ ...entry, msg: "node ended", nodeId: "books-a", code: 1, reason: "it was told" });
    expect(readableLine(line, false)).toBe(
      '07:33:01.123 warn  gateway node ended nodeId=books-a code=1 reason="it was told"\n',
    );
  });

  it("has colours on a terminal only, and an error's stack below", () => {
    const line = JSON.stringify({
      ...entry,
      level: 50,
      msg: "bad",
      error: { message: "m", stack: "Error: m\n    at x" },
    });
    expect(readableLine(line, false)).toBe("07:33:01.123 error gateway bad\n    Error: m\n        at x\n");
    expect(readableLine(line, true)).toContain("\x1b[31merror\x1b[0m");
  });

  it("leaves alone what is no log line", () => {
    expect(readableLine("panic\n", true)).toBe("panic\n");
  });
});
