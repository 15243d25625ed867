import { type Item, itemSizeBytes } from "@hotkeep/attributes";
import { describe, expect, it } from "vitest";
import { encodeRecord, StoredItem } from "../../src/items/stored-item.js";

const encoded = (item: Item) => new StoredItem(encodeRecord(item, itemSizeBytes(item)));

describe("a stored item", () => {
  it("keeps its text and size while others are encoded after it", () => {
    const items = Array.from(
      { length: 600 },
      (_, i): Item => ({
        pk: { S: `item ${i}` },
        text: { S: "é".repeat(i % 40) + "x".repeat((i * 37) % 5000) },
      }),
    );
    const stored = items.map(encoded);
    for (const [i, item] of items.entries()) {
      expect(stored[i]!.json.toString("utf8")).toBe(JSON.stringify(item));
      expect(stored[i]!.sizeBytes).toBe(itemSizeBytes(item));
      expect(stored[i]!.item).toEqual(item);
    }
  });

  it.each<[string, Item]>([
    ["of nearly 400 KB", { text: { S: "x".repeat(400_000) } }],
    [
      "whose text is much longer than its size",
      { numbers: { L: Array.from({ length: 900 }, () => ({ N: `1${"0".repeat(125)}` })) } },
    ],
    ["without attributes", {}],
  ])("keeps an item %s", (_, item) => {
    expect(encoded(item).json.toString("utf8")).toBe(JSON.stringify(item));
    expect(encoded(item).sizeBytes).toBe(itemSizeBytes(item));
  });
});
