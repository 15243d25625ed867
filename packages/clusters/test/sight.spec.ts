import { describe, expect, it } from "vitest";
import { SeenRequests } from "../src/sight/seen-requests.js";
import { sameAsStored } from "../src/sight/x-ray.js";

const request = (operation: string) => ({ at: 0, operation, outcome: "hit", tookMicros: 1, principal: "p" });
const arn = "arn:aws:dax:us-west-2:123456789012:cache/books";

describe("what an x-ray compares", () => {
  const found = (item: object) => ({ state: "found" as const, item: item as Record<string, unknown> });
  const cached = (item: object) => ({ state: "cached" as const, item: item as Record<string, unknown> });

  it.each([
    ["equal items", cached({ a: { S: "x" } }), found({ a: { S: "x" } }), true],
    ["sets in another order", cached({ a: { SS: ["x", "y"] } }), found({ a: { SS: ["y", "x"] } }), true],
    [
      "another value deep inside",
      cached({ a: { M: { b: { L: [{ N: "1" }] } } } }),
      found({ a: { M: { b: { L: [{ N: "2" }] } } } }),
      false,
    ],
    ["an attribute more", cached({ a: { S: "x" } }), found({ a: { S: "x" }, b: { S: "" } }), false],
    ["an item that is gone", cached({ a: { S: "x" } }), { state: "none" as const }, false],
    ["an item that came", { state: "negative" as const }, found({ a: { S: "x" } }), false],
    ["nothing on both sides", { state: "negative" as const }, { state: "none" as const }, true],
    ["nothing cached", { state: "absent" as const }, found({ a: { S: "x" } }), undefined],
    ["a table that cannot be read", cached({ a: { S: "x" } }), { state: "refused" as const }, undefined],
  ])("%s", (_name, left, right, same) => {
    expect(sameAsStored(left, right)).toBe(same);
  });
});

it("keeps the last thousand requests of a cluster, and counts what was missed", () => {
  const seen = new SeenRequests();
  const start = seen.end(arn);
  seen.add(arn, "books-a", { requests: [request("one"), request("two")], missed: 3 });
  expect(seen.since(arn, start.at).requests.map((one) => one.request.operation)).toEqual(["one", "two"]);
  expect(seen.end(arn)).toEqual({ at: 2, missed: 3 });
  for (let i = 0; i < 20; i++)
    seen.add(arn, "books-b", { requests: Array.from({ length: 100 }, () => request(`${i}`)), missed: 0 });
  const { requests, lost } = seen.since(arn, start.at);
  expect([requests.length, lost, requests.at(-1)!.request.operation]).toEqual([1_000, 1_002, "19"]);
  expect(seen.since("arn:another", 0)).toEqual({ requests: [], lost: 0 });
  seen.forget(arn);
  expect(seen.end(arn)).toEqual({ at: 0, missed: 0 });
});
