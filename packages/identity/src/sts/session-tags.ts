import { AwsError } from "@hotkeep/core";
import type { SessionRecord, TagRecord } from "../records/types.js";

interface TagInput {
  readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
  readonly TransitiveTagKeys?: readonly string[];
}

function refuse(message: string): never {
  throw new AwsError("InvalidParameterValue", message, { status: 400 });
}

/**
 * The tags of a new session: those of the request, and the transitive ones of the calling session.
 *
 * @throws AwsError `InvalidParameterValue` (texts observed)
 */
export function sessionTags(
  { Tags = [], TransitiveTagKeys = [] }: TagInput,
  calling: SessionRecord | undefined,
): Pick<SessionRecord, "tags" | "transitiveTagKeys"> {
  const tags = new Map<string, TagRecord>();
  for (const { Key = "", Value = "" } of Tags) {
    if (tags.has(Key.toLowerCase()))
      refuse("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    tags.set(Key.toLowerCase(), { Key, Value });
  }
  for (const key of TransitiveTagKeys) {
    if (!tags.has(key.toLowerCase())) {
      refuse("The specified transitive tag key must be included in the requested tags.");
    }
  }
  const inherited = new Set((calling?.transitiveTagKeys ?? []).map((key) => key.toLowerCase()));
  for (const tag of calling?.tags ?? []) {
    const lower = tag.Key.toLowerCase();
    if (!inherited.has(lower)) continue;
    if (tags.has(lower)) {
      refuse(
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
      );
    }
    tags.set(lower, tag);
  }
  return {
    tags: [...tags.values()],
    transitiveTagKeys: [...(calling?.transitiveTagKeys ?? []), ...TransitiveTagKeys],
  };
}
