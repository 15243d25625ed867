import type { Decision, PartialDecision, StatementReference } from "@hotkeep/policy";

/** What the policies say about one action, whatever the circumstances of a call. */
export interface Verdict {
  /** `depends-on`: it hangs on condition keys that only a call has. */
  readonly kind: "allowed" | "denied" | "depends-on";
  /** Whether a Deny forbids it; false for the mere want of an Allow. */
  readonly explicit: boolean;
  /** The statements that decided: matching Allows, matching Denies, or those that are open. */
  readonly statements: readonly StatementReference[];
  /** Condition keys (lower case) on which it hangs. */
  readonly residualKeys: readonly string[];
  /** The policy engine's own decision, when there is one: for the words of a denial. */
  readonly decision?: Decision;
}

/** A verdict from what the policy engine says. */
export function verdictOf(partial: PartialDecision): Verdict {
  if (partial.kind === "depends-on") {
    return {
      kind: "depends-on",
      explicit: false,
      statements: partial.statements,
      residualKeys: partial.residualKeys,
    };
  }
  const { decision, kind } = partial;
  return {
    kind,
    explicit: decision.outcome === "explicitDeny",
    statements: decision.statements,
    residualKeys: [],
    decision,
  };
}

/** The verdict on something for which there is nobody to be asked. */
export const impossible: Verdict = { kind: "denied", explicit: false, statements: [], residualKeys: [] };

/** Several verdicts that must all be favourable: the first refusal, or else what they hang on together. */
export function allOf(verdicts: readonly Verdict[]): Verdict {
  const refusal = verdicts.find(({ kind }) => kind === "denied");
  if (refusal !== undefined) return refusal;
  return {
    kind: verdicts.some(({ kind }) => kind === "depends-on") ? "depends-on" : "allowed",
    explicit: false,
    statements: verdicts.flatMap(({ statements }) => statements),
    residualKeys: [...new Set(verdicts.flatMap(({ residualKeys }) => residualKeys))],
  };
}
