import { ec2Error, invalidValue } from "../errors.js";
import { networkLimits } from "../limits.js";
import type { Tags } from "../model/records.js";
import type { ResourceType } from "../permissions.js";

interface TagInput {
  readonly Key?: string;
  readonly Value?: string;
}

/** Adds tags, replacing values of known keys. @throws AwsError `TagLimitExceeded`, `InvalidParameterValue` */
export function withTags(tags: Tags, added: readonly TagInput[]): Tags {
  const result = new Map(Object.entries(tags));
  for (const { Key: key, Value: value = "" } of added) {
    if (key === undefined || key === "") throw invalidValue("Tag key cannot be null or empty");
    if (key.length > 128) throw invalidValue(`Tag key exceeds the maximum length of 128 characters: '${key}'`);
    if (value.length > 256) throw invalidValue(`Tag value exceeds the maximum length of 256 characters: '${value}'`);
    if (key.toLowerCase().startsWith("aws:")) {
      throw invalidValue(`Tag keys starting with 'aws:' are reserved for internal use`);
    }
    result.set(key, value);
  }
  if (result.size > networkLimits.tagsPerResourceMax) {
    throw ec2Error("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.");
  }
  return Object.fromEntries(result);
}

/** Removes tags by key; a value given must match too (documented). No keys at all: everything but `aws:` tags. */
export function withoutTags(tags: Tags, removed: readonly TagInput[] | undefined): Tags {
  if (removed === undefined || removed.length === 0) {
    return Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith("aws:")));
  }
  const gone = (key: string, value: string): boolean =>
    removed.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value));
  return Object.fromEntries(Object.entries(tags).filter(([key, value]) => !gone(key, value)));
}

/** The tags a creating call brings for its resource type. @throws AwsError `InvalidParameterValue` for another type */
export function tagsAtCreation(
  type: ResourceType,
  specifications: readonly { readonly ResourceType?: string; readonly Tags?: readonly TagInput[] }[] | undefined,
): Tags {
  let tags: Tags = {};
  for (const specification of specifications ?? []) {
    if (specification.ResourceType !== type) {
      throw invalidValue(`'${specification.ResourceType}' is not a valid taggable resource type for this operation.`);
    }
    tags = withTags(tags, specification.Tags ?? []);
  }
  return tags;
}

/** Tags as EC2 answers them. */
export function tagSet(tags: Tags): { readonly Key: string; readonly Value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ Key: key, Value: value }));
}
