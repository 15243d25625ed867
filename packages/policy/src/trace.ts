import { decisionOf, isAlwaysAllowed } from "./decide.js";
import type { PolicySets } from "./policy-sets.js";
import { type Mismatch, RequestView } from "./request-view.js";
import { YES } from "./tri.js";
import type { AuthorizationRequest, Decision, StatementReference } from "./types.js";
import { type WeighOptions, weigh } from "./weigh.js";

/** What became of one statement. */
export interface StatementTrace {
  readonly statement: StatementReference;
  readonly effect: "Allow" | "Deny";
  readonly matched: boolean;
  /** The first part that did not fit; a condition with its operator and key. Absent when the statement matched. */
  readonly mismatch?: Mismatch;
}

/** A decision together with what became of every statement that was looked at, in the order of looking. */
export interface TracedDecision {
  readonly decision: Decision;
  readonly statements: readonly StatementTrace[];
}

/**
 * Decides like {@link decide} (or, with `options.trust`, like {@link decideAssumeRole}), by the same code, and keeps
 * what became of each statement. For explanations: it costs more than a decision alone.
 */
export function traceDecision(
  request: AuthorizationRequest,
  sets: PolicySets,
  options: Pick<WeighOptions, "trust" | "federatedProvider"> = {},
): TracedDecision {
  const view = new RequestView(request);
  if (options.trust !== true && isAlwaysAllowed(view.actionLower)) {
    return { decision: { outcome: "allowed", request, statements: [], consultedKeys: [] }, statements: [] };
  }
  const statements: StatementTrace[] = [];
  const weight = weigh(view, sets, {
    ...options,
    witness: (statement, result, mismatch) =>
      statements.push({
        statement: statement.reference,
        effect: statement.deny ? "Deny" : "Allow",
        matched: result === YES,
        ...(mismatch === undefined ? {} : { mismatch }),
      }),
  });
  return { decision: decisionOf(view, weight), statements };
}
