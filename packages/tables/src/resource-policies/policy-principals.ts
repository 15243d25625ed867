import type { PermissionRequest } from "@hotkeep/core";
import type { CompiledPolicy } from "@hotkeep/policy";
import type { CallContext } from "@hotkeep/protocols";

/** What the account's identities know of policies on its resources. Given from outside: tables know no users. */
export interface PolicyPrincipals {
  /**
   * The text with ARNs of users and roles as their unique ids, so that one made anew under an old name is another
   * (documented); undefined when it names one that does not exist.
   */
  bind(document: string): string | undefined;
  /** The text as it is shown: ids as ARNs while their users and roles exist. */
  show(document: string): string;
  /** Whether a call would be allowed something if these were the policies of the resource. */
  wouldAllow(call: CallContext, request: PermissionRequest, policies: readonly CompiledPolicy[]): boolean;
}
