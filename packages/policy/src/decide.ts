import type { PolicySets } from "./policy-sets.js";
import { RequestView } from "./request-view.js";
import { YES } from "./tri.js";
import type { AuthorizationRequest, Decision } from "./types.js";
import { type WeighOptions, type Weight, weigh } from "./weigh.js";

/** Calls that no policy can forbid (documented): they only say who the caller is, or prove it anew. */
const ALWAYS_ALLOWED: ReadonlySet<string> = new Set(["sts:getcalleridentity", "sts:getsessiontoken"]);

/** Whether no policy has a say about an action, given in lower case. */
export function isAlwaysAllowed(actionLower: string): boolean {
  return ALWAYS_ALLOWED.has(actionLower);
}

/** Writes a weight down as a decision. A weight that hangs on unknown keys is no permission. */
export function decisionOf(view: RequestView, weight: Weight): Decision {
  const { request, consulted: consultedKeys } = view;
  if (weight.allowed === YES) return { outcome: "allowed", request, statements: weight.allows, consultedKeys };
  return {
    outcome: weight.denied === YES ? "explicitDeny" : "implicitDeny",
    deniedBy: weight.deniedBy,
    request,
    statements: weight.denies,
    consultedKeys,
  };
}

/**
 * Decides one request. Pure: the same policies and request give the same decision, and `consultedKeys` names every
 * context key on which it hung: with the same principal, action and resource and the same values of those keys,
 * evaluation takes the same path and ends the same.
 *
 * Any matching Deny wins. Otherwise the service control policies, if any, must allow; and either the resource's
 * policies name the caller, or an identity policy (or the resource's, by the caller's role) allows and neither
 * boundary nor session policies are silent. If the resource lies in another account, its policies must allow as well.
 */
export function decide(request: AuthorizationRequest, sets: PolicySets): Decision {
  const view = new RequestView(request);
  if (isAlwaysAllowed(view.actionLower)) {
    return { outcome: "allowed", request, statements: [], consultedKeys: [] };
  }
  return decisionOf(view, weigh(view, sets));
}

/** What a role's trust policy is asked besides the request. */
export interface AssumeRoleOptions {
  /** The identity provider's ARN, for AssumeRoleWithWebIdentity and AssumeRoleWithSAML. */
  readonly federatedProvider?: string;
}

/** The options with which a trust policy is weighed. */
export function trustOptions(options: AssumeRoleOptions): WeighOptions {
  return { trust: true, federatedProvider: options.federatedProvider };
}

/**
 * Decides an AssumeRole-like request (`sts:AssumeRole`, `sts:TagSession`, `sts:SetSourceIdentity`,
 * `sts:AssumeRoleWithWebIdentity`, …) on a role's ARN. The trust policy is `sets.resource`; without one nobody may.
 *
 * In the role's own account a caller named in person (or `*`) needs nothing else, one named by its role stays limited
 * by boundary and session policies, one named by its account also needs an identity policy. From another account an
 * identity policy is always needed. A service must be named as such. Root may never (observed).
 */
export function decideAssumeRole(
  request: AuthorizationRequest,
  sets: PolicySets,
  options: AssumeRoleOptions = {},
): Decision {
  const view = new RequestView(request);
  return decisionOf(view, weigh(view, sets, trustOptions(options)));
}
