import { arnParts, canonicalArn } from "./arn-text.js";
import { parseDate } from "./date-time.js";
import { globTest } from "./glob.js";
import { ipRangeTest } from "./ip-range.js";
import { type RequestView, UNKNOWN } from "./request-view.js";
import { compileTemplate, resolveTemplate } from "./template.js";
import { MAYBE, NO, type Tri, tri } from "./tri.js";

/** Whether one value of the request fits one value of the policy, before any negation. */
export type ValueTest = (actual: string, view: RequestView) => Tri;

/** A base operator, without set qualifier and `IfExists`. */
export interface ConditionOperator {
  /** Whether it asks for difference: true when the key is absent, and a value must differ from all listed ones. */
  readonly negated: boolean;
  /** Prepares one value of the policy; `variables` says whether the policy's version knows them. */
  readonly compile: (value: string, variables: boolean) => ValueTest;
}

/** An operator on texts with variables: `prepare` gives the test for a text whose variables are filled in. */
function onText(
  negated: boolean,
  wildcards: boolean,
  prepare: (expected: string) => (actual: string) => boolean,
): ConditionOperator {
  return {
    negated,
    compile(value, variables) {
      const template = compileTemplate(value, { variables, wildcards });
      if (template.fixed !== undefined) {
        const test = prepare(template.fixed);
        return (actual) => tri(test(actual));
      }
      return (actual, view) => {
        const expected = resolveTemplate(template, view);
        if (expected === UNKNOWN) return MAYBE;
        // An unresolved variable equals nothing: false here, hence true for the negated operator.
        return expected === undefined ? NO : tri(prepare(expected)(actual));
      };
    },
  };
}

/**
 * An operator on parsed values. A policy value that does not parse makes the operator false, the negated one too; a
 * request value that does not parse equals nothing (ours, where AWS is silent).
 */
function onParsed<T>(
  negated: boolean,
  parse: (text: string) => T | undefined,
  compare: (actual: T, expected: T) => boolean,
): ConditionOperator {
  return {
    negated,
    compile(value) {
      const expected = parse(value);
      if (expected === undefined) return () => tri(negated);
      return (text) => {
        const actual = parse(text);
        return tri(actual !== undefined && compare(actual, expected));
      };
    },
  };
}

const NUMBER = /^[+-]?\d{1,400}(?:\.\d{1,400})?(?:e[+-]?\d{1,4})?$/i;

function parseNumber(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** The bytes of a base64 text, one character a byte. */
function parseBase64(text: string): string | undefined {
  return BASE64.test(text) ? atob(text) : undefined;
}

/** ARNs are compared part by part, so that no wildcard reaches over a colon. What is not an ARN never matches. */
function arnTest(expected: string): (actual: string) => boolean {
  const pattern = canonicalArn(expected);
  if (pattern === undefined) return () => false;
  const tests = arnParts(pattern).map(globTest);
  return (text) => {
    const actual = canonicalArn(text);
    if (actual === undefined) return false;
    const parts = arnParts(actual);
    return tests.every((test, place) => test(parts[place]!));
  };
}

function ipOperator(negated: boolean): ConditionOperator {
  return {
    negated,
    compile(value) {
      const test = ipRangeTest(value);
      return test === undefined ? () => tri(negated) : (actual) => tri(test(actual));
    },
  };
}

const TRUTH: Readonly<Record<string, boolean>> = { true: true, false: false };

function parseTruth(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  return Object.hasOwn(TRUTH, lower) ? TRUTH[lower] : undefined;
}

function ordered(
  name: "Numeric" | "Date",
  parse: (text: string) => number | undefined,
): readonly (readonly [string, ConditionOperator])[] {
  return [
    [`${name}Equals`, onParsed(false, parse, (a, b) => a === b)],
    [`${name}NotEquals`, onParsed(true, parse, (a, b) => a === b)],
    [`${name}LessThan`, onParsed(false, parse, (a, b) => a < b)],
    [`${name}LessThanEquals`, onParsed(false, parse, (a, b) => a <= b)],
    [`${name}GreaterThan`, onParsed(false, parse, (a, b) => a > b)],
    [`${name}GreaterThanEquals`, onParsed(false, parse, (a, b) => a >= b)],
  ];
}

const equals = (expected: string) => (actual: string) => actual === expected;

function equalsIgnoringCase(expected: string): (actual: string) => boolean {
  const lower = expected.toLowerCase();
  return (actual) => actual.toLowerCase() === lower;
}

function truthTest(expected: string): (actual: string) => boolean {
  const truth = parseTruth(expected);
  return (actual) => truth !== undefined && parseTruth(actual) === truth;
}

const rows: readonly (readonly [string, ConditionOperator])[] = [
  ["StringEquals", onText(false, false, equals)],
  ["StringNotEquals", onText(true, false, equals)],
  ["StringEqualsIgnoreCase", onText(false, false, equalsIgnoringCase)],
  ["StringNotEqualsIgnoreCase", onText(true, false, equalsIgnoringCase)],
  ["StringLike", onText(false, true, globTest)],
  ["StringNotLike", onText(true, true, globTest)],
  ...ordered("Numeric", parseNumber),
  ...ordered("Date", parseDate),
  ["Bool", onText(false, false, truthTest)],
  ["BinaryEquals", onParsed(false, parseBase64, (a, b) => a === b)],
  ["IpAddress", ipOperator(false)],
  ["NotIpAddress", ipOperator(true)],
  ["ArnEquals", onText(false, true, arnTest)],
  ["ArnLike", onText(false, true, arnTest)],
  ["ArnNotEquals", onText(true, true, arnTest)],
  ["ArnNotLike", onText(true, true, arnTest)],
];

const byLowerName = new Map(rows.map(([name, operator]) => [name.toLowerCase(), operator]));

/** How a set qualifier reads a key with many values. */
export type SetQualifier = "one" | "all" | "any";

/** An operator's name taken apart. `Null` stands apart from the others: it asks for presence, not for values. */
export interface OperatorName {
  readonly qualifier: SetQualifier;
  readonly ifExists: boolean;
  readonly base: ConditionOperator | "null";
}

/** Takes an operator's name apart, ignoring case; undefined when there is no such operator. */
export function parseOperator(name: string): OperatorName | undefined {
  let rest = name.toLowerCase();
  let qualifier: SetQualifier = "one";
  if (rest.startsWith("forallvalues:")) qualifier = "all";
  else if (rest.startsWith("foranyvalue:")) qualifier = "any";
  if (qualifier !== "one") rest = rest.slice(rest.indexOf(":") + 1);
  if (rest === "null") return { qualifier, ifExists: false, base: "null" };
  const ifExists = rest.endsWith("ifexists");
  if (ifExists) rest = rest.slice(0, -"ifexists".length);
  const base = byLowerName.get(rest);
  return base === undefined ? undefined : { qualifier, ifExists, base };
}
