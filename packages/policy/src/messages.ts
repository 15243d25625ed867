import { principalName } from "@hotkeep/core";
import type { Decision, PolicyKind } from "./types.js";

interface KindName {
  /** With its article, as explicit denies print it. */
  readonly article: string;
  readonly name: string;
}

const NAMES: Readonly<Record<PolicyKind, KindName>> = {
  identity: { article: "an", name: "identity-based policy" },
  boundary: { article: "a", name: "permissions boundary" },
  session: { article: "a", name: "session policy" },
  resource: { article: "a", name: "resource-based policy" },
  trust: { article: "the", name: "role trust policy" },
  "service-control": { article: "a", name: "service control policy" },
};

/** A kind of policy in the words of AWS's messages, e.g. `identity-based policy`. */
export function policyKindName(kind: PolicyKind): string {
  return NAMES[kind].name;
}

// Observed for sts:AssumeRole; its companions behave alike.
const WITHOUT_REASON = /^sts:(?:assumerole\w*|tagsession|setsourceidentity)$/i;
const ROOT_REFUSED = /^sts:assumerole$/i;

/**
 * The text AWS prints for a denial (documented): who, what, on which resource, and which kind of policy forbids it or
 * fails to allow it. AssumeRole and its companions print no reason, and root has a text of its own (observed).
 *
 * @param options.policyArn also names the managed policy with the explicit Deny, as AWS began to do of late; off unless
 * asked for, since tools compare the shorter text.
 */
export function denialMessage(decision: Decision, options: { readonly policyArn?: boolean } = {}): string {
  const { principal, action, resource } = decision.request;
  if (principal.kind === "root" && ROOT_REFUSED.test(action)) return "Roles may not be assumed by root accounts.";
  const refusal = `User: ${principalName(principal)} is not authorized to perform: ${action} on resource: ${resource}`;
  if (WITHOUT_REASON.test(action) || decision.deniedBy === undefined) return refusal;
  const { article, name } = NAMES[decision.deniedBy];
  if (decision.outcome !== "explicitDeny") return `${refusal} because no ${name} allows the ${action} action`;
  const policy = decision.statements[0]?.policy.name ?? "";
  const suffix = options.policyArn === true && policy.startsWith("arn:") ? `: ${policy}` : "";
  return `${refusal} with an explicit deny in ${article} ${name}${suffix}`;
}
