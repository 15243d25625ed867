import type { PermissionRequest } from "@hotkeep/core";
import { decidePartially } from "@hotkeep/policy";
import type { CallContext } from "@hotkeep/protocols";
import type { Decider } from "./decider.js";

/**
 * Refuses, as the authorizer would, what is denied whatever the values of `unknownKeys`; lets everything else pass, to
 * be decided when the values are known.
 *
 * @throws CommonAwsError `AccessDenied`
 */
export function refuseEarly(
  decider: Decider,
  call: CallContext,
  requests: readonly PermissionRequest[],
  unknownKeys: readonly string[],
): void {
  for (const permission of requests) {
    const { outcome, request } = decider.decideCall(call, permission);
    // Without the keys it would be allowed, so that it hangs on them at the most.
    if (outcome === "allowed") continue;
    const partial = decidePartially(request, decider.policySets(request, call.accessKeyId), unknownKeys);
    if (partial.kind === "denied") decider.refuse(partial.decision, call);
  }
}
