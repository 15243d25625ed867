import { type AssumeRoleOptions, decisionOf, isAlwaysAllowed, trustOptions } from "./decide.js";
import type { PolicySets } from "./policy-sets.js";
import { type KeyTest, RequestView } from "./request-view.js";
import { MAYBE, YES } from "./tri.js";
import type { AuthorizationRequest, Decision, StatementReference } from "./types.js";
import { type Weight, weigh } from "./weigh.js";

/** What can be said when some condition keys' values are not known. */
export type PartialDecision =
  | { readonly kind: "allowed" | "denied"; readonly decision: Decision }
  | {
      readonly kind: "depends-on";
      /** Lower-case names of the unknown keys on which it hangs. */
      readonly residualKeys: readonly string[];
      /** The statements of which it is not known whether they match. */
      readonly statements: readonly StatementReference[];
    };

function keyTest(keys: readonly string[]): KeyTest {
  const exact = new Set<string>();
  const families: string[] = [];
  for (const key of keys.map((name) => name.toLowerCase())) {
    if (key.endsWith("*")) families.push(key.slice(0, -1));
    else exact.add(key);
  }
  return (lower) => exact.has(lower) || families.some((family) => lower.startsWith(family));
}

function partialOf(view: RequestView, weight: Weight): PartialDecision {
  if (weight.allowed !== MAYBE) {
    return { kind: weight.allowed === YES ? "allowed" : "denied", decision: decisionOf(view, weight) };
  }
  return { kind: "depends-on", residualKeys: [...new Set(view.residual)], statements: weight.open };
}

/**
 * Decides as far as possible with `unknownKeys` unknown (any letter case; a name that ends in `*`, such as
 * `aws:PrincipalTag/*`, stands for a family). Keys that are neither in the context nor unknown are absent, as in
 * {@link decide}. An unknown key may turn out to be absent, too.
 *
 * `allowed` and `denied` hold whatever the values. `depends-on` is careful: two statements that hang on the same key
 * are not put together, so now and then it stands where every value would give the same end.
 */
export function decidePartially(
  request: AuthorizationRequest,
  sets: PolicySets,
  unknownKeys: readonly string[],
): PartialDecision {
  const view = new RequestView(request, keyTest(unknownKeys));
  if (isAlwaysAllowed(view.actionLower)) {
    return { kind: "allowed", decision: { outcome: "allowed", request, statements: [], consultedKeys: [] } };
  }
  return partialOf(view, weigh(view, sets));
}

/** Decides an AssumeRole-like request as far as possible; to {@link decidePartially} what decideAssumeRole is to decide. */
export function decideAssumeRolePartially(
  request: AuthorizationRequest,
  sets: PolicySets,
  unknownKeys: readonly string[],
  options: AssumeRoleOptions = {},
): PartialDecision {
  const view = new RequestView(request, keyTest(unknownKeys));
  return partialOf(view, weigh(view, sets, trustOptions(options)));
}
