import { AwsError, SeededRandom } from "@hotkeep/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { StatementClient } from "./statement-client.js";

let db: StatementClient;
beforeAll(async () => {
  db = await StatementClient.open();
});
afterAll(() => db.close());

const seeds = [
  "SELECT pk, m.k FROM Music WHERE pk = 'a' AND sk BETWEEN 1 AND 3 ORDER BY sk DESC",
  "SELECT * FROM Music.gsi WHERE g IN ['odd', 'even'] AND (h > 5 OR t <> ?)",
  "SELECT * FROM Music.lsi WHERE pk = 'a' AND h IN [1, 2] AND NOT t IS MISSING",
  "INSERT INTO Things VALUE {'id': 'new', 'l': [1, {'k': <<'s'>>}], 'p': ?}",
  "UPDATE Things SET n = n + 1, s = set_add(s, <<1>>) REMOVE l[0] WHERE id = 'x' AND n >= 1 RETURNING MODIFIED NEW *",
  "DELETE FROM Music WHERE pk = 'a' AND sk = 5 AND size(t) > 1 RETURNING ALL OLD *",
  "EXISTS(SELECT * FROM Things WHERE id = 'y' AND n = 1)",
];
const pieces = [
  "",
  "'",
  "(",
  ")",
  "pk",
  "sk",
  "g",
  "'a'",
  "1",
  "?",
  " AND ",
  " OR ",
  " NOT ",
  "=",
  "<",
  ".",
  "[0]",
  ",",
];

function mutate(text: string, random: SeededRandom): string {
  const from = random.below(text.length + 1);
  const to = from + random.below(6);
  return text.slice(0, from) + pieces[random.below(pieces.length)]! + text.slice(to);
}

it("carries out mutated statements, or refuses them with an error for the caller", async () => {
  const random = new SeededRandom(7);
  const next = () => {
    const text = seeds[random.below(seeds.length)]!;
    return { Statement: random.below(3) === 0 ? text : mutate(text, random), Parameters: [{ S: "x" }] };
  };
  let carriedOut = 0;
  for (let round = 0; round < 900; round++) {
    const [name, input] = [
      ["ExecuteStatement", { ...next(), Limit: 1 + random.below(3) }],
      ["BatchExecuteStatement", { Statements: [next(), next(), next()] }],
      ["ExecuteTransaction", { TransactStatements: [next(), next()] }],
    ][round % 3] as [string, Readonly<Record<string, unknown>>];
    try {
      const answer = await db.harness.call(name, input);
      const codes: unknown[] = answer.Responses?.map((each: { Error?: { Code: string } }) => each.Error?.Code) ?? [];
      expect(codes, JSON.stringify(input)).not.toContain("InternalServerError");
      carriedOut++;
    } catch (error) {
      if (!(error instanceof AwsError) || error.fault !== "client")
        throw new Error(JSON.stringify(input), { cause: error });
    }
  }
  // Mutations that break everything would test little.
  expect(carriedOut).toBeGreaterThan(200);
});
