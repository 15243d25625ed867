import { compilePolicy, PolicyGrammarError, type PolicyKind, parsePolicy, statementSpans } from "@hotkeep/policy";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type JsonNode, readJson } from "../src/json-reader.js";
import { bestOf } from "./best-of.js";
import { statements } from "./random-policies.js";

const settings = { numRuns: 2000, seed: 20261123 };

/** The value that `JSON.parse` would have made of a node. */
function plain(node: JsonNode): unknown {
  switch (node.type) {
    case "string":
      return node.value;
    case "array":
      return node.items.map(plain);
    case "object":
      return Object.fromEntries([...node.members].map(([key, value]) => [key, plain(value)]));
    default:
      return JSON.parse(node.text);
  }
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** A text with one piece taken out, put in, or doubled. */
const mutations = fc.record({
  at: fc.nat(),
  length: fc.nat({ max: 3 }),
  instead: fc.constantFrom("", '"', "\\", "{", "}", "[", "]", ",", ":", "0", "-", "e", "\n", "\u0000", "null", "\\u12"),
});

function mutate(text: string, { at, length, instead }: { at: number; length: number; instead: string }): string {
  const place = at % (text.length + 1);
  return text.slice(0, place) + instead + text.slice(place + length);
}

test("JSON is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      fc.pre(!/[\ufffe\uffff]|\\uff[ef]/i.test(text) && !text.includes("__proto__"));
      expect(plain(readJson(text))).toEqual(JSON.parse(text));
    }),
    settings,
  );
});

test("what JSON.parse refuses is refused, and what is read means the same", () => {
  fc.assert(
    fc.property(statements, mutations, (statement, mutation) => {
      const text = mutate(JSON.stringify(statement, undefined, 1), mutation);
      const expected = parsed(text);
      try {
        expect(plain(readJson(text))).toEqual(expected?.value);
      } catch (error) {
        if (expected === undefined || /^(?=.*"(\w+)":).*"\1":/s.test(text))
          expect(error).toBeInstanceOf(PolicyGrammarError);
        else throw error;
      }
    }),
    settings,
  );
});

test("a broken policy never breaks anything else", () => {
  const kinds = fc.constantFrom<PolicyKind>("identity", "boundary", "session", "trust", "resource", "service-control");
  fc.assert(
    fc.property(fc.array(statements), fc.array(mutations, { maxLength: 3 }), kinds, (list, changes, kind) => {
      const whole = JSON.stringify({ Version: "2012-10-17", Statement: list });
      const text = changes.reduce(mutate, whole);
      try {
        compilePolicy(parsePolicy(text, kind), { kind, name: "mutated" });
      } catch (error) {
        expect(error).toBeInstanceOf(PolicyGrammarError);
        expect((error as Error).message).not.toBe("");
      }
    }),
    settings,
  );
});

test("any JSON at all is either a policy or refused as none", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      expect(() => parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: value }), "identity")).toThrow(
        PolicyGrammarError,
      );
    }),
    settings,
  );
});

test("a policy of the greatest length is read quickly", () => {
  const many = Array.from({ length: 1200 }, (_, place) => ({
    Effect: "Allow",
    Action: `dynamodb:Get${"*".repeat(20)}`,
    Resource: `arn:aws:dynamodb:*:*:table/${"a*".repeat(10)}${place}`,
  }));
  const text = JSON.stringify({ Version: "2012-10-17", Statement: many });
  expect(text.length).toBeGreaterThan(120_000);
  const tookMs = bestOf(5, () => {
    compilePolicy(parsePolicy(text, "identity"), { kind: "identity", name: "long" });
  });
  expect(tookMs).toBeLessThan(1000);
});

test("statements are found where they stand in the text", () => {
  const text = `{ "Version": "2012-10-17",\n "Statement": [ {"Effect":"Allow"} ,\n  { "Sid": "}" } ] }`;
  expect(statementSpans(text).map(({ start, end }) => text.slice(start, end))).toEqual([
    '{"Effect":"Allow"}',
    '{ "Sid": "}" }',
  ]);
  expect(() => statementSpans('{"Statement":["x"]}')).toThrow("Syntax errors in policy.");
});
