import { CommonAwsError, parseArn, principalName } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import { invalid } from "../errors.js";

/**
 * Checks that a text is the ARN of a backup of the caller's account, and gives it back.
 *
 * @throws AwsError `ValidationException` for what is no such ARN, `AccessDenied` for another account's.
 */
export function backupReference(arn: string, call: CallContext, action: string): string {
  const parsed = parseArn(arn);
  if (parsed?.service !== "dynamodb" || !/^table\/[a-zA-Z0-9_.-]+\/backup\/[^/]+$/.test(parsed.resource)) {
    throw invalid(`Invalid backup ARN: ${arn}`);
  }
  if (parsed.account !== call.account) {
    const message = `User: ${principalName(call.principal)} is not authorized to perform: ${action} on resource: ${arn}`;
    throw new CommonAwsError("AccessDenied", message);
  }
  return arn;
}
