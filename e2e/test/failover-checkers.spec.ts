import { describe, expect, it } from "vitest";
import { backwardReads, linearizable, type NodeRead, type RegisterOperation } from "../src/failover/linearizability.js";

const open = Number.POSITIVE_INFINITY;
const write = (value: number, began: number, ended: number): RegisterOperation => ({
  kind: "write",
  value,
  began,
  ended,
  text: `w${value}`,
});
const read = (value: number, began: number, ended: number): RegisterOperation => ({
  kind: "read",
  value,
  began,
  ended,
  text: `r${value}`,
});

describe("the checker of linearizability", () => {
  it.each<[string, readonly RegisterOperation[]]>([
    ["nothing at all", []],
    ["the first value", [read(0, 0, 1)]],
    ["one after the other", [write(1, 0, 1), read(1, 2, 3), write(2, 4, 5), read(2, 6, 7)]],
    ["a read beside a write that finds the old value or the new one", [write(1, 0, 9), read(0, 1, 2), read(1, 3, 4)]],
    [
      "two writes at once, in the order that reads tell",
      [write(1, 0, 5), write(2, 0, 5), read(2, 6, 7), read(2, 8, 9)],
    ],
    ["a write without an answer that did happen", [write(1, 0, open), read(0, 1, 2), read(1, 3, 4)]],
    ["a write without an answer that did not", [write(1, 0, open), read(0, 1, 2), read(0, 3, 4)]],
    ["a write without an answer that happens late", [write(1, 0, open), write(2, 3, 4), read(2, 5, 6), read(1, 7, 8)]],
  ])("lets pass %s", (_name, history) => {
    expect(linearizable(history)).toBeUndefined();
  });

  it.each<[string, readonly RegisterOperation[]]>([
    ["a value that nobody wrote", [read(7, 0, 1)]],
    ["a lost write", [write(1, 0, 1), read(0, 2, 3)]],
    ["a value that comes back", [write(1, 0, 1), write(2, 2, 3), read(1, 4, 5)]],
    ["reads that differ on the order of two writes", [write(1, 0, 5), write(2, 0, 5), read(1, 6, 7), read(2, 8, 9)]],
    ["the old value after the new one beside a write", [write(1, 0, 9), read(1, 1, 2), read(0, 3, 4)]],
    ["a write without an answer that happens twice", [write(1, 0, open), read(1, 1, 2), write(2, 3, 4), read(1, 5, 6)]],
  ])("finds %s", (_name, history) => {
    expect(linearizable(history)).not.toBeUndefined();
  });

  it("takes long histories", () => {
    const history: RegisterOperation[] = [];
    for (let i = 0; i < 400; i++) {
      history.push(write(i + 1, i * 10, i * 10 + 12), read(i + 1, i * 10 + 3, i * 10 + 9));
      if (i % 100 === 0) history.push(write(1_000_000 + i, i * 10, open));
    }
    expect(linearizable(history)).toBeUndefined();
    expect(linearizable([...history, read(5, 3_000, 3_001)])).not.toBeUndefined();
  });
});

describe("the checker of backward reads", () => {
  const at = (node: string, value: number, began: number, ended: number): NodeRead => ({
    node,
    key: "k",
    value,
    began,
    ended,
    text: `${node} ${value}`,
  });

  it("finds a node that goes back, and only that", () => {
    const before = at("a", 5, 0, 1);
    const after = at("a", 4, 2, 3);
    expect(backwardReads([after, before])).toEqual([[before, after]]);
    // Another node may be behind, and reads at the same time have no order.
    expect(backwardReads([before, at("b", 4, 2, 3)])).toEqual([]);
    expect(backwardReads([at("a", 5, 0, 3), at("a", 4, 2, 4)])).toEqual([]);
  });
});
