import { describe, expect, it } from "vitest";
import { JsonBody } from "../../src/request/json-body.js";

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

describe("JsonBody", () => {
  it("writes members, lists and objects in their order and leaves out what is undefined", () => {
    const body = new JsonBody()
      .member("Count", 2)
      .member("LastEvaluatedKey", undefined)
      .spliced("Item", json({ a: 1 }))
      .spliced("Attributes", undefined)
      .list("Items", [json({ a: 1 }), '{"b":2}'])
      .list("None", [])
      .object("Responses", (inner) => inner.list("Table", [json([])]).object("Empty", () => {}))
      .member("Last", "é€😀\ud800");
    expect(body.bytes().toString()).toBe(
      '{"Count":2,"Item":{"a":1},"Items":[{"a":1},{"b":2}],"None":[],"Responses":{"Table":[[]],"Empty":{}},' +
        '"Last":"é€😀\\ud800"}',
    );
  });

  it("begins an object with members that are JSON text already", () => {
    const body = new JsonBody().object("dynamodb", (inner) => inner.members(Buffer.from('"a":1,"b":2')).member("c", 3));
    expect(body.bytes().toString()).toBe('{"dynamodb":{"a":1,"b":2,"c":3}}');
  });

  it("writes objects as elements of a list", () => {
    const body = new JsonBody().openList("Responses");
    for (const item of [json({ a: 1 }), undefined, '{"b":2}'])
      body.objectElement((inner) => inner.spliced("Item", item));
    expect(body.closeList().member("Count", 3).bytes().toString()).toBe(
      '{"Responses":[{"Item":{"a":1}},{},{"Item":{"b":2}}],"Count":3}',
    );
  });

  it("answers an empty object when it has no members", () => {
    expect(new JsonBody().member("Item", undefined).done().body.toString()).toBe("{}");
  });

  it("keeps nothing of the bytes that it was given", () => {
    const given = json({ a: "before" });
    const body = new JsonBody().openList("Items").element(given);
    given.fill(0x20);
    expect(body.element(json(1)).closeList().bytes().toString()).toBe('{"Items":[{"a":"before"},1]}');
  });

  it("lets no answer touch another one, however many are written at once and however long they are", () => {
    const open = Array.from({ length: 40 }, (_, n) => ({ n, body: new JsonBody().member("n", n).openList("Items") }));
    const lengths = [0, 1, 1000, 30_000, 65_000, 200_000];
    for (let round = 0; round < 3; round++) {
      for (const { n, body } of open) body.element(json(`${n}`.repeat(lengths[(n + round) % lengths.length]!)));
    }
    // Every other one is given up, as by a request that fails half-way.
    const answers = open.filter(({ n }) => n % 2 === 0).map(({ n, body }) => ({ n, bytes: body.closeList().bytes() }));
    const later = Array.from({ length: 200 }, (_, n) => new JsonBody().member("Later", n).bytes());
    for (const { n, bytes } of answers) {
      const Items = [0, 1, 2].map((round) => `${n}`.repeat(lengths[(n + round) % lengths.length]!));
      expect(JSON.parse(bytes.toString())).toEqual({ n, Items });
    }
    expect(later.map((bytes) => bytes.toString())).toEqual(later.map((_, n) => `{"Later":${n}}`));
  });
});
