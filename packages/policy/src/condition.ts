import { type OperatorName, parseOperator } from "./condition-operators.js";
import type { ConditionEntry } from "./document.js";
import { PolicyGrammarError } from "./grammar-error.js";
import { contextKey, type RequestView, UNKNOWN } from "./request-view.js";
import { and, MAYBE, NO, not, or, type Tri, tri, YES } from "./tri.js";

/** One operator on one key, ready to be asked. */
export interface CompiledCondition {
  /** How explanations call it, e.g. `StringEquals aws:username`. */
  readonly text: string;
  readonly test: (view: RequestView) => Tri;
}

function nullTest(entry: ConditionEntry): CompiledCondition["test"] {
  const key = contextKey(entry.key);
  const wanted = entry.values.map((value) => value.toLowerCase());
  return (view) => {
    const value = view.lookUp(key);
    if (value === UNKNOWN) return MAYBE;
    return tri(wanted.includes(String(isAbsent(value))));
  };
}

/** A multivalued key without values is as good as absent; an empty text is a value. */
function isAbsent(value: string | readonly string[] | undefined): boolean {
  return value === undefined || (typeof value !== "string" && value.length === 0);
}

function valueTest(
  entry: ConditionEntry,
  { qualifier, ifExists, base }: OperatorName & { readonly base: object },
  variables: boolean,
): CompiledCondition["test"] {
  const key = contextKey(entry.key);
  const tests = entry.values.map((value) => base.compile(value, variables));
  const { negated } = base;
  const whenAbsent = tri(ifExists || (qualifier === "one" ? negated : qualifier === "all"));
  const fits = (actual: string, view: RequestView): Tri => {
    let any: Tri = NO;
    for (const test of tests) {
      any = or(any, test(actual, view));
      if (any === YES) break;
    }
    return negated ? not(any) : any;
  };
  return (view) => {
    const value = view.lookUp(key);
    if (value === UNKNOWN) return MAYBE;
    if (value === undefined) return whenAbsent;
    if (typeof value === "string") return fits(value, view);
    if (value.length === 0) return whenAbsent;
    // Many values need a set operator; without one nothing matches, negated or not (observed).
    if (qualifier === "one") return NO;
    let result: Tri = qualifier === "all" ? YES : NO;
    for (const one of value) {
      result = qualifier === "all" ? and(result, fits(one, view)) : or(result, fits(one, view));
    }
    return result;
  };
}

/**
 * Prepares one condition.
 *
 * @throws PolicyGrammarError when there is no such operator: guessing would open a door, on Allow or on Deny.
 */
export function compileCondition(entry: ConditionEntry, variables: boolean): CompiledCondition {
  const text = `${entry.operator} ${entry.key}`;
  const operator = parseOperator(entry.operator);
  if (operator === undefined) throw new PolicyGrammarError("Syntax errors in policy.");
  const { base } = operator;
  return { text, test: base === "null" ? nullTest(entry) : valueTest(entry, { ...operator, base }, variables) };
}
