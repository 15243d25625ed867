import { expect, test } from "vitest";
import { sessionColumns, sessionLines, userColumns, userLines } from "./tables/evaluation-order.js";
import { operatorLines } from "./tables/operators.js";

const signs = operatorLines.map(([, met]) => met.replaceAll(" ", "").length);
const operatorRows = signs.reduce((sum, count) => sum + count, 0);
const orderRows = userLines.length * userColumns.length + sessionLines.length * sessionColumns.length;

test(`the tables of operators and of the evaluation order hold ${operatorRows} and ${orderRows} rows`, () => {
  expect(new Set(operatorLines.map(([operator]) => operator)).size).toBe(operatorLines.length);
  expect(operatorRows + orderRows).toBeGreaterThanOrEqual(1500);
});
