import { compileActions } from "./action-pattern.js";
import { type CompiledCondition, compileCondition } from "./condition.js";
import type { PolicyStatement, PolicyVersion } from "./document.js";
import type { TextTest } from "./glob.js";
import { compilePrincipals, type PrincipalTest } from "./principal-match.js";
import type { RequestView } from "./request-view.js";
import { compileResource, type ResourceTest } from "./resource-pattern.js";
import { MAYBE, NO, not, or, type Tri, YES } from "./tri.js";
import type { PolicySource, StatementReference } from "./types.js";

/** One statement, ready to be asked. */
export interface CompiledStatement {
  readonly reference: StatementReference;
  readonly deny: boolean;
  readonly actions: TextTest;
  readonly actionsNegated: boolean;
  /** Absent in policies that hang on identities. */
  readonly principals: PrincipalTest | undefined;
  /** Absent in trust policies: they hang on the one resource they are about. */
  readonly resources: readonly ResourceTest[] | undefined;
  readonly resourcesNegated: boolean;
  readonly conditions: readonly CompiledCondition[];
}

export function compileStatement(
  statement: PolicyStatement,
  index: number,
  source: PolicySource,
  version: PolicyVersion,
): CompiledStatement {
  const variables = version === "2012-10-17";
  const pad = source.kind !== "resource" && source.kind !== "trust";
  return {
    reference: { policy: source, index, ...(statement.sid === undefined ? {} : { sid: statement.sid }) },
    deny: statement.effect === "Deny",
    actions: compileActions(statement.actions.entries),
    actionsNegated: statement.actions.negated,
    principals: statement.principals === undefined ? undefined : compilePrincipals(statement.principals),
    resources: statement.resources?.entries.map((entry) => compileResource(entry, { variables, pad })),
    resourcesNegated: statement.resources?.negated ?? false,
    conditions: statement.conditions.map((condition) => compileCondition(condition, variables)),
  };
}

function matchResources(statement: CompiledStatement, tests: readonly ResourceTest[], view: RequestView): Tri {
  let any: Tri = NO;
  for (const test of tests) {
    any = or(any, test(view));
    if (any === YES) break;
  }
  return statement.resourcesNegated ? not(any) : any;
}

/**
 * Whether a statement's action, resource and conditions fit the request. Stops at the first part that does not, and
 * leaves that part's name in `view.mismatch`.
 */
export function matchStatement(statement: CompiledStatement, view: RequestView): Tri {
  if (statement.actions(view.actionLower) === statement.actionsNegated) {
    view.mismatch = "action";
    return NO;
  }
  const residualBefore = view.residual.length;
  let result: Tri = YES;
  if (statement.resources !== undefined) {
    result = matchResources(statement, statement.resources, view);
    if (result === NO) {
      view.mismatch = "resource";
      view.residual.length = residualBefore;
      return NO;
    }
  }
  for (const condition of statement.conditions) {
    const met = condition.test(view);
    if (met === YES) continue;
    if (met === NO) {
      view.mismatch = { condition: condition.text };
      // What it hangs on does not matter any more.
      view.residual.length = residualBefore;
      return NO;
    }
    result = MAYBE;
  }
  return result;
}
