import { encodeKey, evaluateCondition, type Item, type KeySchema, parsePartiql, planReads } from "@hotkeep/attributes";
import { AwsError, SeededRandom } from "@hotkeep/core";
import { expect, it } from "vitest";

const schema: KeySchema = { hash: { name: "pk", type: "S" }, range: { name: "sk", type: "N" } };
const items: readonly Item[] = ["a", "b", "c"].flatMap((pk) =>
  [1, 2, 3, 4].map((sk) => ({ pk: { S: pk }, sk: { N: String(sk) }, x: { N: String((sk * 7) % 3) } })),
);

function clause(random: SeededRandom, depth: number): string {
  const pk = () => `'${"abcd"[random.below(4)]}'`;
  const sk = () => random.below(5);
  const leaves = [
    () => `pk=${pk()}`,
    () => `${pk()}=pk`,
    () => `pk IN [${pk()}, ${pk()}]`,
    () => `pk${["<", ">=", "<>"][random.below(3)]}${pk()}`,
    () => `sk${["=", "<", "<=", ">", ">=", "<>"][random.below(6)]}${sk()}`,
    () => `${sk()}${["=", "<", ">="][random.below(3)]}sk`,
    () => `sk IN [${sk()}, ${sk()}]`,
    () => `sk BETWEEN 1 AND ${1 + sk()}`,
    () => `x=${random.below(3)}`,
  ];
  if (depth === 0 || random.below(4) === 0) return leaves[random.below(leaves.length)]!();
  const [left, right] = [clause(random, depth - 1), clause(random, depth - 1)];
  const kind = random.below(6);
  if (kind === 0) return `NOT (${left})`;
  return `(${left} ${kind < 3 ? "OR" : "AND"} ${right})`;
}

it("finds by key exactly what a look at every item finds, and nothing twice", () => {
  const random = new SeededRandom(11);
  let planned = 0;
  for (let round = 0; round < 4000; round++) {
    const text = `SELECT * FROM t WHERE pk IN ['a','c'] AND ${clause(random, 3)}`;
    const statement = parsePartiql(round % 2 === 0 ? text : text.replace("pk IN ['a','c'] AND ", ""));
    if (statement.kind !== "select" || statement.where === undefined) throw new Error(text);
    const { where } = statement;
    try {
      const reads = planReads(where, schema);
      if (reads === undefined) continue;
      planned++;
      const found = reads.flatMap(({ range: { from, to }, filter }) =>
        items.filter((item) => {
          const key = encodeKey(schema, item);
          const isIn = Buffer.compare(key, from) >= 0 && (to === undefined || Buffer.compare(key, to) < 0);
          return isIn && (filter === undefined || evaluateCondition(filter, item));
        }),
      );
      const wanted = items.filter((item) => evaluateCondition(where, item));
      expect(new Set(found), text).toEqual(new Set(wanted));
      expect(found.length, text).toBe(wanted.length);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      expect(error.message).toMatch(/^Overlapping conditions|^Too many decomposed/);
    }
  }
  expect(planned).toBeGreaterThan(600);
});
