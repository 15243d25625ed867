import type { AuthorizationRequest, CompiledPolicy } from "@hotkeep/policy";
import type { PolicyBook } from "./policy-book.js";

/**
 * The resource policies that have a say about a request. The account's root user can always remove a policy, whatever
 * that says (documented: so that nobody is locked out of a resource for good).
 */
export function policiesFor(
  book: PolicyBook,
  { principal, action, resource }: Pick<AuthorizationRequest, "principal" | "action" | "resource">,
): readonly CompiledPolicy[] | undefined {
  const policies = book.on(resource);
  if (policies === undefined || principal.kind !== "root" || action !== "dynamodb:DeleteResourcePolicy")
    return policies;
  return resource.split(":")[4] === principal.account ? undefined : policies;
}
