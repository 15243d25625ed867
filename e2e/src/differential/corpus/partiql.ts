import type { Case, Family } from "../case.js";
import { table } from "../case.js";
import { type Short, set, shortValue } from "../items.js";
import type { Json } from "../json.js";
import { content, rich } from "./shared.js";

const [single, sorted] = ["Statements", "SortedStatements"] as const;
const given = {
  ...content(single, rich),
  ...content(sorted, ...[1, 2, 3, 4].map((sk) => ({ pk: "p", sk, v: sk * 10, odd: sk % 2 === 1 })), { pk: "q", sk: 1 }),
};

type Row = readonly [statement: string, ...parameters: Short[]];

const reads: readonly Row[] = [
  [`SELECT * FROM "${single}" WHERE pk = 'rich'`],
  [`SELECT * FROM "${single}" WHERE pk = ?`, "rich"],
  [`SELECT * FROM "${single}" WHERE pk = ?`, "nobody"],
  [`SELECT s, n FROM "${single}" WHERE pk = ?`, "rich"],
  [`SELECT m.a, l[0] FROM "${single}" WHERE pk = ?`, "rich"],
  [`SELECT "name" FROM "${single}" WHERE pk = ?`, "rich"],
  [`SELECT * FROM ${single} WHERE pk = ?`, "rich"],
  [`select pk from "${single}" where pk = ?`, "rich"],
  [`SELECT * FROM "${sorted}" WHERE pk = ?`, "p"],
  [`SELECT * FROM "${sorted}" WHERE pk = ? AND sk > ?`, "p", 2],
  [`SELECT * FROM "${sorted}" WHERE pk = ? AND sk BETWEEN ? AND ?`, "p", 2, 3],
  [`SELECT * FROM "${sorted}" WHERE pk = ? AND v = ?`, "p", 20],
  [`SELECT sk FROM "${sorted}" WHERE pk = ? AND odd = true`, "p"],
  [`SELECT sk FROM "${sorted}" WHERE pk = ? ORDER BY sk DESC`, "p"],
  [`SELECT sk FROM "${sorted}" WHERE pk = ? AND (v = 10 OR v = 40)`, "p"],
  [`SELECT sk FROM "${sorted}" WHERE pk = ? AND v IN [10, 30]`, "p"],
  [`SELECT sk FROM "${sorted}" WHERE pk = ? AND NOT odd = true`, "p"],
  [`SELECT sk FROM "${sorted}" WHERE pk = ? AND attribute_type(v, 'N')`, "p"],
  [`SELECT sk FROM "${sorted}" WHERE pk = ? AND v IS MISSING`, "q"],
  [`SELECT sk FROM "${sorted}" WHERE pk = ? AND v IS NOT MISSING`, "p"],
  [`SELECT m, m.a FROM "${single}" WHERE pk = ?`, "rich"],
  [`SELECT * FROM "Nowhere" WHERE pk = ?`, "p"],
];

/** Columns that are parts of attributes: how they are named, and what is told of parts that are not there. */
const parts: readonly Row[] = [
  [`SELECT m.a FROM "${single}" WHERE pk = ?`, "rich"],
  [`SELECT m.a, m.b FROM "${single}" WHERE pk = ?`, "rich"],
  [`SELECT m.a, s FROM "${single}" WHERE pk = ?`, "rich"],
  [`SELECT l[1], l[0] FROM "${single}" WHERE pk = ?`, "rich"],
  [`SELECT l[1].x FROM "${single}" WHERE pk = ?`, "rich"],
  [`SELECT m.none, none, l[99] FROM "${single}" WHERE pk = ?`, "rich"],
  [`SELECT m.c.d[1], m.a FROM "${single}" WHERE pk = ?`, "rich"],
  [`SELECT m."a" FROM "${single}" WHERE pk = ?`, "rich"],
];

const writes: readonly Row[] = [
  [`INSERT INTO "${single}" VALUE {'pk': 'new', 'v': 1}`],
  [`INSERT INTO "${single}" VALUE {'pk': ?, 'v': ?}`, "new", [1, { a: set("x") }]],
  [`UPDATE "${single}" SET s = 'bye' WHERE pk = 'rich'`],
  [`UPDATE "${single}" SET n = n + ? WHERE pk = ?`, 1, "rich"],
  [`UPDATE "${single}" SET s = ? SET n = ? WHERE pk = ?`, "bye", 1, "rich"],
  [`UPDATE "${single}" REMOVE s WHERE pk = ?`, "rich"],
  [`UPDATE "${single}" SET m.a = ? WHERE pk = ?`, 2, "rich"],
  [`UPDATE "${single}" SET s = ? WHERE pk = ? RETURNING ALL OLD *`, "bye", "rich"],
  [`UPDATE "${single}" SET s = ? WHERE pk = ? RETURNING ALL NEW *`, "bye", "rich"],
  [`UPDATE "${single}" SET s = ? WHERE pk = ? RETURNING MODIFIED OLD *`, "bye", "rich"],
  [`UPDATE "${single}" SET s = ? WHERE pk = ? RETURNING MODIFIED NEW *`, "bye", "rich"],
  [`UPDATE "${single}" SET s = ? WHERE pk = ? AND n = ?`, "bye", "rich", 5],
  [`UPDATE "${single}" SET s = ? WHERE pk = ? AND n = ?`, "bye", "rich", 6],
  [`UPDATE "${single}" SET s = ? WHERE pk = ?`, "bye", "nobody"],
  [`UPDATE "${single}" SET l = list_append(l, ?) WHERE pk = ?`, [9], "rich"],
  [`DELETE FROM "${single}" WHERE pk = ?`, "rich"],
  [`DELETE FROM "${single}" WHERE pk = ? RETURNING ALL OLD *`, "rich"],
  [`DELETE FROM "${single}" WHERE pk = ?`, "nobody"],
  [`DELETE FROM "${single}" WHERE pk = ? AND n = ?`, "rich", 6],
  [`DELETE FROM "${sorted}" WHERE pk = ? AND sk = ?`, "p", 1],
];

const statement = ([Statement, ...parameters]: Row): { readonly [name: string]: Json } => ({
  Statement,
  ...(parameters.length === 0 ? {} : { Parameters: parameters.map(shortValue) }),
});

const name = ([text, ...parameters]: Row): string => `${text} ${JSON.stringify(parameters.map(shortValue))}`;

/** PartiQL, where DynamoDB Local and the service are known to agree. */
export const partiql: Family = {
  name: "statements",
  tables: [table(single, "pk:S"), table(sorted, "pk:S", "sk:N")],
  cases: [
    ...parts.flatMap((row): readonly Case[] => [
      {
        name: `batch: ${name(row)}`,
        given,
        steps: [{ operation: "BatchExecuteStatement", input: { Statements: [statement(row)] } }],
      },
      {
        name: `transaction: ${name(row)}`,
        given,
        steps: [{ operation: "ExecuteTransaction", input: { TransactStatements: [statement(row)] } }],
      },
    ]),
    ...[...reads, ...parts, ...writes].map(
      (row): Case => ({ name: name(row), given, steps: [{ operation: "ExecuteStatement", input: statement(row) }] }),
    ),
    ...[reads.slice(0, 4), writes.slice(2, 3), [reads[0]!, writes[2]!]].map(
      (rows, at): Case => ({
        name: `batch ${at}`,
        given,
        steps: [{ operation: "BatchExecuteStatement", input: { Statements: rows.map(statement) } }],
      }),
    ),
  ],
};
