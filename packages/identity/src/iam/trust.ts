import type { PrincipalEntry } from "@hotkeep/policy";
import { invalidPrincipalMessage, parsePolicy, policySize, principalsOf, replacePrincipals } from "@hotkeep/policy";
import type { Directory } from "../directory/directory.js";
import { malformedPolicy, quotaExceeded } from "../errors.js";
import { quotas } from "../limits.js";

const IAM_ENTITY = /^arn:[a-z-]+:iam::\d{12}:(user|role)\/.+$/;
const UNIQUE_ID = /^A(?:IDA|ROA)[A-Z0-9]+$/;

/** The unique id behind a user's or role's ARN; undefined for principals that keep their form. */
function idOf(directory: Directory, { type, value }: PrincipalEntry): string | undefined {
  const kind = type === "AWS" ? IAM_ENTITY.exec(value)?.[1] : undefined;
  if (kind === "user") return directory.userByArn(value)?.id ?? "";
  if (kind === "role") return directory.roleByArn(value)?.id ?? "";
  return undefined;
}

/**
 * Checks a trust policy and turns user and role ARNs into unique ids, so that an entity that is made anew under an old
 * name does not inherit trust (documented).
 *
 * @throws AwsError `MalformedPolicyDocumentException`, `LimitExceededException`
 */
export function storedTrust(directory: Directory, text: string): string {
  const document = parsePolicy(text, "trust");
  if (policySize(text) > quotas.trustPolicyCharacters) {
    throw quotaExceeded("ACLSizePerRole", quotas.trustPolicyCharacters);
  }
  for (const entry of principalsOf(document)) {
    const { type, value } = entry;
    const unknownId = type === "AWS" && UNIQUE_ID.test(value) && arnOf(directory, value) === undefined;
    if (unknownId || idOf(directory, entry) === "") throw malformedPolicy(invalidPrincipalMessage(entry));
  }
  return replacePrincipals(text, (entry) => idOf(directory, entry));
}

/** The trust policy as it is shown: ids as ARNs while their entities exist, as ids afterwards (documented). */
export function showTrust(directory: Directory, stored: string): string {
  return replacePrincipals(stored, ({ type, value }) =>
    type === "AWS" && UNIQUE_ID.test(value) ? arnOf(directory, value) : undefined,
  );
}

function arnOf(directory: Directory, id: string): string | undefined {
  const user = directory.users.one("id", id);
  if (user !== undefined) return directory.userArn(user);
  const role = directory.roles.one("id", id);
  return role === undefined ? undefined : directory.roleArn(role);
}
