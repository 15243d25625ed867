import { principalName } from "@hotkeep/core";
import type { Decision, StatementReference } from "@hotkeep/policy";
import type { Sealer } from "../sealing/sealer.js";

/** What encoded authorization messages are sealed for. */
export const encodedMessagePurpose = "authorization-message";

function statementShape({ policy, sid, index }: StatementReference) {
  return { policy: policy.name, carrier: policy.carrier, sid, index };
}

/**
 * A denial's reasons as EC2 hands them out: unreadable for the caller, to be opened with DecodeAuthorizationMessage by
 * those who may (documented).
 */
export function encodedMessage(sealer: Sealer, { outcome, request, statements, deniedBy }: Decision): string {
  const { principal, action, resource, context } = request;
  const plain = {
    allowed: outcome === "allowed",
    explicitDeny: outcome === "explicitDeny",
    matchedStatements: { items: statements.map(statementShape) },
    failures: { items: deniedBy === undefined ? [] : [{ policyType: deniedBy }] },
    context: {
      principal: { id: principalName(principal) },
      action,
      resource,
      conditions: { items: Object.entries(context).map(([key, value]) => ({ key, values: [value].flat() })) },
    },
  };
  return Buffer.from(sealer.seal(JSON.stringify(plain), encodedMessagePurpose)).toString("base64url");
}
