import { formatArn, parseArn } from "@hotkeep/core";
import { fault, invalidValue } from "../errors.js";
import type { Place } from "./records.js";

/** The service principal of DAX. */
export const daxService = "dax.amazonaws.com";

/** `arn:aws:dax:us-west-2:123456789012:cache/daxcluster01`; the name is written in lower case. */
export function clusterArn(place: Place, name: string): string {
  return formatArn({
    service: "dax",
    region: place.region,
    account: place.account,
    resource: `cache/${name.toLowerCase()}`,
  });
}

/** The cluster's name in an ARN of this place. @throws AwsError `InvalidARNFault` */
export function clusterNameOfArn(place: Place, arn: string): string {
  const parts = parseArn(arn);
  const name = /^cache\/([a-zA-Z0-9-]+)$/.exec(parts?.resource ?? "")?.[1];
  if (parts?.service !== "dax" || name === undefined) {
    throw fault("InvalidARNFault", `The ARN ${arn} is not the ARN of a DAX cluster.`);
  }
  if (parts.region !== place.region || parts.account !== place.account) {
    throw fault("InvalidARNFault", `The ARN ${arn} belongs to another account or Region.`);
  }
  return name.toLowerCase();
}

const separators = [
  "Second colon partition not found",
  "Third colon vendor not found",
  "Fourth colon (region/namespace delimiter) not found",
  "Fifth colon (namespace/relative-id delimiter) not found",
] as const;

/**
 * Checks that a service role's ARN is written as one (messages: observed).
 *
 * @throws AwsError `InvalidParameterValueException`
 */
export function checkRoleArn(arn: string): void {
  if (!arn.startsWith("arn:")) throw invalidValue(`ARNs must start with 'arn:': ${arn}`);
  const colons = arn.split(":").length - 1;
  const missing = separators[colons - 1];
  if (missing !== undefined) throw invalidValue(`${missing}: ${arn}`);
  const parts = parseArn(arn);
  if (parts?.service !== "iam" || !/^role\/.+/.test(parts.resource)) {
    throw invalidValue(`The ARN of an IAM role is needed: ${arn}`);
  }
}
