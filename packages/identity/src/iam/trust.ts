import { invalidPrincipalMessage, parsePolicy, policySize } from "@hotkeep/policy";
import type { Directory } from "../directory/directory.js";
import { bindPrincipals, showPrincipals, unknownPrincipal } from "../directory/policy-principals.js";
import { malformedPolicy, quotaExceeded } from "../errors.js";
import { quotas } from "../limits.js";

/**
 * Checks a trust policy and binds its principals to the users and roles of now.
 *
 * @throws AwsError `MalformedPolicyDocumentException`, `LimitExceededException`
 */
export function storedTrust(directory: Directory, text: string): string {
  parsePolicy(text, "trust");
  if (policySize(text) > quotas.trustPolicyCharacters) {
    throw quotaExceeded("ACLSizePerRole", quotas.trustPolicyCharacters);
  }
  const unknown = unknownPrincipal(directory, text, "trust");
  if (unknown !== undefined) throw malformedPolicy(invalidPrincipalMessage(unknown));
  return bindPrincipals(directory, text);
}

/** The trust policy as it is shown. */
export function showTrust(directory: Directory, stored: string): string {
  return showPrincipals(directory, stored);
}
