import { AwsError, CommonAwsError, parseArn, principalName } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import { isTableName } from "../request/table-reference.js";

/** The answer for a stream that is not there (observed). */
export function streamNotFound(arn: string): AwsError {
  return new AwsError("ResourceNotFoundException", `Requested resource not found: Stream: ${arn} not found`);
}

/**
 * Checks that a text is the ARN of a stream of the caller's account in the Region of the call, and gives it back.
 *
 * @throws AwsError `ResourceNotFoundException` for what is no such ARN (observed), `AccessDenied` for another account's.
 */
export function streamReference(given: string, call: CallContext, action: string): string {
  const arn = parseArn(given);
  const [kind, table, stream, label, ...more] = arn?.resource.split("/") ?? [];
  const isStream = kind === "table" && stream === "stream" && isTableName(table ?? "") && !!label && more.length === 0;
  if (arn?.service !== "dynamodb" || !isStream) throw streamNotFound(given);
  if (arn.account !== call.account) {
    const message =
      `User: ${principalName(call.principal)} is not authorized to perform: ${action} on resource: ${given} ` +
      `because no resource-based policy allows the ${action} action`;
    throw new CommonAwsError("AccessDenied", message);
  }
  if (arn.region !== call.region) throw streamNotFound(given);
  return given;
}
