import { SeededRandom } from "@hotkeep/core";
import { describe, expect, it } from "vitest";
import { RequestIds } from "../src/routing/request-ids.js";

describe("request ids", () => {
  it("are version-4 UUIDs, none twice", () => {
    const ids = new RequestIds(new SeededRandom(7));
    const made = Array.from({ length: 1_000 }, () => ids.next());
    for (const id of made) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(made).size).toBe(made.length);
  });
});
