import { mathError } from "./math-error.js";
import type { MathNode } from "./parse.js";

/** Values by the start of their period, in milliseconds since the epoch. */
export type TimeSeries = ReadonlyMap<number, number>;
/** What an expression is worth: one number, a series, or several series. */
export type MathValue = number | TimeSeries | readonly TimeSeries[];

/** What expressions refer to. */
export interface MathScope {
  readonly expression: string;
  /** The series of another query. @throws AwsError when there is none */
  series(id: string): TimeSeries;
  /** The starts of all periods of the query. */
  readonly periods: readonly number[];
}

const reductions: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

/** @throws AwsError `ValidationException` for functions that are not here and values that do not fit */
export function evaluateMath(node: MathNode, scope: MathScope): MathValue {
  switch (node.kind) {
    case "number":
      return node.value;
    case "id":
      return scope.series(node.id);
    case "list":
      return node.items.map((item) => asSeries(evaluateMath(item, scope), scope));
    case "binary":
      return combine(node.sign, evaluateMath(node.left, scope), evaluateMath(node.right, scope), scope);
    case "call":
      return call(node.name.toUpperCase(), node.inputs, scope);
  }
}

/** @throws AwsError when the value is no single series */
export function asSeries(value: MathValue, { expression }: Pick<MathScope, "expression">): TimeSeries {
  if (typeof value === "number") throw mathError(expression, "it must give a time series, and gives a number");
  if (!("get" in value)) throw mathError(expression, "it must give one time series, and gives a list");
  return value;
}

function call(name: string, inputs: readonly MathNode[], scope: MathScope): MathValue {
  const values = inputs.map((input) => evaluateMath(input, scope));
  const [first, second] = values;
  const reduce = Object.hasOwn(reductions, name) ? reductions[name]! : undefined;
  if (reduce !== undefined && values.length === 1 && first !== undefined && typeof first !== "number") {
    // Over several series: point by point. Over one: a number.
    return "get" in first ? reduce([...first.values()]) : pointwise(first, reduce);
  }
  if (name === "FILL" && values.length === 2 && typeof second === "number") {
    const series = asSeries(first!, scope);
    return new Map(scope.periods.map((at) => [at, series.get(at) ?? second]));
  }
  throw mathError(scope.expression, `\`${name}\` of ${values.length} values is not offered here: ${offered}`);
}

const offered = "+ - * / ^, FILL(m1, number), and SUM, AVG, MIN, MAX of a metric or of [m1, m2] are";

function pointwise(all: readonly TimeSeries[], reduce: (values: readonly number[]) => number): TimeSeries {
  const times = [...new Set(all.flatMap((series) => [...series.keys()]))].sort((a, b) => a - b);
  return new Map(
    times.map((at) => [at, reduce(all.map((series) => series.get(at)).filter((value) => value !== undefined))]),
  );
}

function combine(sign: string, left: MathValue, right: MathValue, scope: MathScope): MathValue {
  if (typeof left === "number" && typeof right === "number") return apply(sign, left, right);
  if (typeof left === "number") {
    return finite([...asSeries(right, scope)].map(([at, value]) => [at, apply(sign, left, value)]));
  }
  const series = asSeries(left, scope);
  if (typeof right === "number") {
    return finite([...series].map(([at, value]) => [at, apply(sign, value, right)]));
  }
  // Where one of them has no point, there is none (documented).
  const other = asSeries(right, scope);
  return finite(
    [...series].flatMap(([at, value]) => (other.has(at) ? [[at, apply(sign, value, other.get(at)!)] as const] : [])),
  );
}

function finite(points: readonly (readonly [number, number])[]): TimeSeries {
  return new Map(points.filter(([, value]) => Number.isFinite(value)));
}

function apply(sign: string, left: number, right: number): number {
  switch (sign) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    default:
      return left ** right;
  }
}
