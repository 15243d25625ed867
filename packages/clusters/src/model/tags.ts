import { parseArn } from "@hotkeep/core";
import { fault, invalidValue } from "../errors.js";
import { daxQuotas } from "../limits.js";
import type { Place } from "./records.js";

type Tags = { readonly [key: string]: string };

/** Adds tags, replacing values of known keys. @throws AwsError `InvalidParameterValueException`, `TagQuotaPerResourceExceeded` */
export function withTags(tags: Tags, added: readonly { readonly Key?: string; readonly Value?: string }[]): Tags {
  const result = new Map(Object.entries(tags));
  for (const { Key: key, Value: value = "" } of added) {
    if (key === undefined || key === "" || key.length > daxQuotas.tagKeyLengthMax) {
      throw invalidValue(`Tag keys have 1 to ${daxQuotas.tagKeyLengthMax} characters.`);
    }
    if (value.length > daxQuotas.tagValueLengthMax) {
      throw invalidValue(`Tag values have at most ${daxQuotas.tagValueLengthMax} characters.`);
    }
    if (key.toLowerCase().startsWith("aws:")) throw invalidValue(`Tag keys must not begin with aws: (${key}).`);
    result.set(key, value);
  }
  if (result.size > daxQuotas.tagsPerClusterMax) {
    throw fault("TagQuotaPerResourceExceeded", `A cluster has at most ${daxQuotas.tagsPerClusterMax} tags.`);
  }
  return Object.fromEntries(result);
}

/** Tags as the API shows them. */
export function tagList(tags: Tags): { readonly Key: string; readonly Value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ Key: key, Value: value }));
}

/** The ARN of an SNS topic of the same account and Region. @throws AwsError `InvalidParameterValueException` */
export function checkTopicArn(place: Place, arn: string): string {
  const parts = parseArn(arn);
  if (parts?.service !== "sns" || parts.resource === "") throw invalidValue(`${arn} is not the ARN of an SNS topic.`);
  if (parts.account !== place.account || parts.region !== place.region) {
    throw invalidValue(`The SNS topic ${arn} belongs to another account or Region.`);
  }
  return arn;
}
