import type { Condition } from "@hotkeep/attributes";
import {
  NameTable,
  PlaceholderUse,
  parseCondition,
  parseProjection,
  parseUpdate,
  printCondition,
  printProjection,
  printUpdate,
  validateCondition,
  validateUpdate,
} from "@hotkeep/attributes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check, condition, documentPath, update } from "../arbitraries.js";

function placeholders(table: NameTable): PlaceholderUse {
  return new PlaceholderUse(table.names, table.values);
}

function isValid(checkTree: () => void): boolean {
  try {
    checkTree();
    return true;
  } catch {
    return false;
  }
}

describe("printed expressions", () => {
  it("parse to the conditions they were printed from", () => {
    const valid = condition.filter((tree) => isValid(() => validateCondition(tree, "ConditionExpression")));
    check(
      fc.property(valid, (tree) => {
        const table = new NameTable();
        const text = printCondition(tree, table);
        const use = placeholders(table);
        expect(parseCondition(text, "ConditionExpression", use)).toEqual(tree);
        use.assertAllUsed();
      }),
      { numRuns: 500 },
    );
  });

  it("parse to the updates they were printed from", () => {
    check(
      fc.property(update, (tree) => {
        validateUpdate(tree);
        const table = new NameTable();
        const text = printUpdate(tree, table);
        const use = placeholders(table);
        expect(parseUpdate(text, use)).toEqual(tree);
        use.assertAllUsed();
      }),
      { numRuns: 500 },
    );
  });

  it("parse to the projections they were printed from", () => {
    const projection = fc.uniqueArray(documentPath, { selector: (path) => path[0], minLength: 1, maxLength: 5 });
    check(
      fc.property(projection, (tree) => {
        const table = new NameTable();
        expect(parseProjection(printProjection(tree, table), placeholders(table))).toEqual(tree);
      }),
    );
  });

  it("share the names of one request and use few parentheses", () => {
    const table = new NameTable();
    const parse = (text: string): Condition =>
      parseCondition(text, "FilterExpression", new PlaceholderUse({}, { ":v": { N: "1" } }));
    expect(printCondition(parse("a = :v AND (b = :v OR NOT c[0].a = :v) AND size(a) > :v"), table)).toBe(
      "#n0 = :v0 AND (#n1 = :v1 OR NOT #n2[0].#n0 = :v2) AND size(#n0) > :v3",
    );
    expect(printProjection([["b"], ["d", 1]], table)).toBe("#n1, #n3[1]");
    expect(table.names).toEqual({ "#n0": "a", "#n1": "b", "#n2": "c", "#n3": "d" });
    expect(table.values).toEqual({ ":v0": { N: "1" }, ":v1": { N: "1" }, ":v2": { N: "1" }, ":v3": { N: "1" } });
  });

  it("gather the sections of an update", () => {
    const actions = parseUpdate("SET a = b ADD n :v", new PlaceholderUse({}, { ":v": { N: "1" } }));
    const table = new NameTable();
    const mixed = [...actions, { kind: "set", path: ["c"], value: { kind: "path", path: ["d"] } }] as const;
    expect(printUpdate(mixed, table)).toBe("SET #n0 = #n1, #n3 = #n4 ADD #n2 :v0");
    expect(printUpdate([], new NameTable())).toBe("");
  });

  it("need no placeholders where there is nothing to name", () => {
    expect(new NameTable().names).toBeUndefined();
    expect(new NameTable().values).toBeUndefined();
  });
});
