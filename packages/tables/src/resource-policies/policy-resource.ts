import { parseArn } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import { invalid, invalidParameters } from "../errors.js";
import { isTableName } from "../request/table-reference.js";

/** What a policy hangs on. */
export interface PolicyResource {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  /** The table's name. */
  readonly name: string;
  /** The stream's label, for a policy on a stream. */
  readonly streamLabel?: string;
}

/**
 * Reads the ResourceArn of the operations on resource policies.
 *
 * @throws AwsError `ValidationException` with the service's words (observed).
 */
export function policyResource(given: string, call: CallContext): PolicyResource {
  if (!given.startsWith("arn:")) throw invalidParameters(`ARNs must start with 'arn:': ${given}`);
  const arn = parseArn(given);
  if (arn === undefined) throw invalidParameters(`Provided Arn is not a DynamoDB resource arn: ${given}`);
  if (arn.account !== call.account && /^\d{12}$/.test(arn.account)) {
    throw invalid("This action is only supported by accounts that match the resource owner’s account.");
  }
  if (arn.partition !== "aws" || arn.region !== call.region || arn.account !== call.account) {
    throw invalidParameters(`Invalid resource Arn: ${given}`);
  }
  const [kind, name = "", part, rest, ...more] = arn.resource.split("/");
  const isOurs = arn.service === "dynamodb" && kind === "table" && isTableName(name) && more.length === 0;
  const place = { arn: given, account: arn.account, region: arn.region, name };
  if (isOurs && part === undefined) return place;
  if (isOurs && part === "stream" && rest !== undefined && rest !== "") return { ...place, streamLabel: rest };
  if (isOurs && part === "index" && rest !== undefined) {
    const only = "Invalid resource arn provided, only table or stream is accepted";
    throw invalidParameters(`${only}. Provided resource arn: ${given}`);
  }
  throw invalidParameters(`Provided Arn is not a DynamoDB resource arn: ${given}`);
}
