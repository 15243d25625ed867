import type { PolicySets } from "./policy-sets.js";
import type { AuthorizationRequest, Decision } from "./types.js";

/** Decides one request. Pure: the same policies, request and context give the same decision. */
export function decide(request: AuthorizationRequest, _sets: PolicySets): Decision {
  return { outcome: "implicitDeny", deniedBy: "identity", request, statements: [], consultedKeys: [] };
}

/** What a role's trust policy is asked besides the request. */
export interface AssumeRoleOptions {
  /** The identity provider's ARN, for AssumeRoleWithWebIdentity and AssumeRoleWithSAML. */
  readonly federatedProvider?: string;
}

/**
 * Decides an AssumeRole-like request (`sts:AssumeRole`, `sts:TagSession`, `sts:SetSourceIdentity`,
 * `sts:AssumeRoleWithWebIdentity`, …) on a role's ARN. The trust policy is `sets.resource`; without one nobody may.
 * Unlike elsewhere, identity policies alone never suffice.
 */
export function decideAssumeRole(
  request: AuthorizationRequest,
  _sets: PolicySets,
  _options: AssumeRoleOptions = {},
): Decision {
  return { outcome: "implicitDeny", deniedBy: "trust", request, statements: [], consultedKeys: [] };
}
