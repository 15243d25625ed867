import { type AttributeValue, type KeySchema, namedItem, parsePartiql, planReads } from "@hotkeep/attributes";
import { AwsError, SeededRandom } from "@hotkeep/core";
import { expect, it } from "vitest";

const seeds = [
  'SELECT a, b.c[0] FROM "t"."i" WHERE pk = \'x\' AND sk BETWEEN 1 AND 2 ORDER BY sk DESC',
  "SELECT * FROM t WHERE pk IN ['a', 'b'] AND NOT (x IS MISSING OR size(y) > 3) AND begins_with(z, ?)",
  "INSERT INTO t VALUE {'pk': 'x', 'l': [1, 2.5e3, {'k': <<'s', 't'>>}], 'n': NULL, 'b': true, 'p': ?}",
  "UPDATE t SET a = a + 1, s = set_add(s, <<1>>) REMOVE l[2] SET m.k = list_append(m.k, [?]) WHERE pk = ? AND sk = 1 RETURNING ALL NEW *",
  "DELETE FROM t WHERE pk = 'it''s' AND sk = -1.5 AND attribute_type(q, 'S') RETURNING ALL OLD *",
  "EXISTS(SELECT * FROM t WHERE pk = 'x' AND sk = 1 AND x <> y) -- comment",
];
const words =
  "SELECT FROM WHERE AND OR NOT IN BETWEEN IS MISSING NULL ( ) [ ] { } << >> , . : ; ? = <> < > - + * / || ' \" ` @ " +
  "size(a) set_add(a,<<1>>) /* */ -- 1e5 99999999999 pk sk 'x' RETURNING ALL OLD * ORDER BY VALUE SET REMOVE 😀 \u0000";
const pieces = words.split(" ");
const parameters: readonly AttributeValue[] = [{ S: "a" }, { N: "1" }, { SS: ["a"] }];
const schema: KeySchema = { hash: { name: "pk", type: "S" }, range: { name: "sk", type: "N" } };

/** Cuts, doubles, swaps and inserts pieces of a text. */
function mutate(text: string, random: SeededRandom): string {
  let mutated = text;
  for (let times = 1 + random.below(2); times > 0; times--) {
    const from = random.below(mutated.length + 1);
    const to = Math.min(mutated.length, from + random.below(12));
    const piece = pieces[random.below(pieces.length)]!;
    const kind = random.below(4);
    const middle = kind === 0 ? "" : kind === 1 ? piece : kind === 2 ? ` ${piece} ` : mutated.slice(from, to).repeat(2);
    mutated = mutated.slice(0, from) + middle + mutated.slice(to);
  }
  return mutated;
}

it("answers every mutated statement with a statement or with an error for the caller", () => {
  const random = new SeededRandom(20);
  let understood = 0;
  for (let round = 0; round < 3000; round++) {
    const text = mutate(seeds[round % seeds.length]!, random);
    try {
      const statement = parsePartiql(text, parameters);
      understood++;
      if (statement.kind === "select") planReads(statement.where, schema);
      else if (statement.kind === "update" || statement.kind === "delete") namedItem(statement.where, schema);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== "ValidationException") {
        throw new Error(`not a complaint about the statement: ${JSON.stringify(text)}`, { cause: error });
      }
      if (/undefined|\[object|NaN/.test(error.message)) throw new Error(`${text}: ${error.message}`);
    }
  }
  // Mutations that break everything would test little.
  expect(understood).toBeGreaterThan(120);
});
