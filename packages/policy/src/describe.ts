import { principalName } from "@hotkeep/core";
import { policyKindName } from "./messages.js";
import type { Decision, StatementReference } from "./types.js";

/** One statement in words, e.g. "statement `ReadBooks` (no. 1) of identity-based policy `BobAccessPolicy` on …". */
export function describeStatement({ policy, sid, index }: StatementReference): string {
  const statement = sid === undefined ? `statement no. ${index + 1}` : `statement \`${sid}\` (no. ${index + 1})`;
  const carrier = policy.carrier === undefined ? "" : ` on ${policy.carrier}`;
  return `${statement} of ${policyKindName(policy.kind)} \`${policy.name}\`${carrier}`;
}

function reasons(decision: Decision): string[] {
  const statements = decision.statements.map(describeStatement);
  switch (decision.outcome) {
    case "allowed":
      if (statements.length > 0) return statements.map((text) => `allowed by ${text}`);
      return [
        decision.request.principal.kind === "root"
          ? "allowed because the account's root user needs no policy"
          : "allowed to every caller: no policy is asked",
      ];
    case "explicitDeny":
      return statements.map((text) => `denied by ${text}`);
    case "implicitDeny":
      return [`nothing denies it, but no ${policyKindName(decision.deniedBy ?? "identity")} allows it`];
  }
}

/**
 * A decision for people, several lines: who wanted what, the outcome, each statement that brought it about, and the
 * condition keys that were looked at.
 */
export function describeDecision(decision: Decision): string {
  const { principal, action, resource } = decision.request;
  const verdict = decision.outcome === "allowed" ? "may" : "may not";
  const lines = [`${principalName(principal)} ${verdict} ${action} on ${resource}`];
  for (const reason of reasons(decision)) lines.push(`  ${reason}`);
  if (decision.consultedKeys.length > 0) {
    const values = new Map(
      Object.entries(decision.request.context).map(([key, value]) => [key.toLowerCase(), value] as const),
    );
    for (const key of decision.consultedKeys) {
      const value = values.get(key);
      lines.push(`  looked at ${key}: ${value === undefined ? "absent" : JSON.stringify(value)}`);
    }
  }
  return lines.join("\n");
}
