import { formatArn, ManualClock, parseArn, SeededRandom, uniqueId, uuid } from "@hotkeep/core";
import { describe, expect, it } from "vitest";

describe("ARNs", () => {
  it("keep further colons in the resource", () => {
    const text = "arn:aws:dynamodb:us-west-2:123456789012:table/Books/stream/2026-01-01T00:00:00.000";
    const arn = parseArn(text);
    expect(arn).toMatchObject({ service: "dynamodb", resource: "table/Books/stream/2026-01-01T00:00:00.000" });
    expect(formatArn(arn!)).toBe(text);
  });

  it("are not made of fewer than six parts", () => {
    for (const text of ["", "arn", "arn:aws:iam::1", "urn:aws:iam::1:user/a", "arn::iam::1:user/a"]) {
      expect(parseArn(text)).toBeUndefined();
    }
  });
});

describe("the manual clock", () => {
  it("fires due timers in order and stands still otherwise", () => {
    const clock = new ManualClock(1000);
    const fired: string[] = [];
    clock.after(20, () => fired.push(`b${clock.now()}`));
    clock.after(10, () => {
      fired.push(`a${clock.now()}`);
      clock.after(5, () => fired.push(`c${clock.now()}`));
    });
    const cancelled = clock.after(1, () => fired.push("never"));
    cancelled.cancel();
    clock.advance(30);
    expect(fired).toEqual(["a1010", "c1015", "b1020"]);
    expect(clock.now()).toBe(1030);
  });
});

describe("ids", () => {
  it("have AWS's shape and repeat with the seed", () => {
    expect(uniqueId(new SeededRandom(1), "AIDA", 17)).toMatch(/^AIDA[A-Z2-7]{17}$/);
    expect(uniqueId(new SeededRandom(1), "AIDA", 17)).toBe(uniqueId(new SeededRandom(1), "AIDA", 17));
    expect(uuid(new SeededRandom(7))).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
