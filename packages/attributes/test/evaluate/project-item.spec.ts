import type { Item, Projection } from "@hotkeep/attributes";
import { projectItem, readItem } from "@hotkeep/attributes";
import { describe, expect, it } from "vitest";

const item = readItem({
  a: { S: "x" },
  m: { M: { x: { N: "1" }, y: { M: { z: { N: "2" }, w: { N: "3" } } } } },
  l: { L: [{ S: "0" }, { S: "1" }, { M: { k: { S: "2" }, j: { S: "3" } } }] },
});

describe("projectItem", () => {
  it.each<[Projection, Item]>([
    [[["a"]], { a: { S: "x" } }],
    [[["a"], ["none"]], { a: { S: "x" } }],
    [
      [
        ["m", "y", "z"],
        ["m", "x"],
      ],
      { m: { M: { y: { M: { z: { N: "2" } } }, x: { N: "1" } } } },
    ],
    [[["l", 1]], { l: { L: [{ S: "1" }] } }],
    [
      [
        ["l", 2, "k"],
        ["l", 0],
      ],
      { l: { L: [{ S: "0" }, { M: { k: { S: "2" } } }] } },
    ],
    [
      [
        ["l", 9],
        ["m", "none"],
        ["m", "y", "none"],
      ],
      {},
    ],
    [
      [
        ["a", "x"],
        ["a", 0],
        ["m", 0],
        ["l", "x"],
      ],
      {},
    ],
    [[["constructor"], ["m", "toString"]], {}],
  ])("takes %j", (projection, parts) => {
    expect(projectItem(item, projection)).toEqual(parts);
    // A projection is prepared once.
    expect(projectItem(item, projection)).toEqual(parts);
    expect(projectItem({}, projection)).toEqual({});
  });

  it("makes objects without prototype", () => {
    expect(Object.getPrototypeOf(projectItem(item, [["a"]]))).toBeNull();
  });
});
