import { invalidInput, limitExceeded } from "../errors.js";
import { quotas } from "../limits.js";
import type { TagRecord } from "../records/types.js";

interface InputTag {
  readonly Key: string;
  readonly Value: string;
}

/**
 * Puts tags over those an entity has; keys are the same whatever their letter case.
 *
 * @throws AwsError `InvalidInputException` for a key given twice or reserved, `LimitExceededException` above 50.
 */
export function mergeTags(present: readonly TagRecord[], added: readonly InputTag[] | undefined): readonly TagRecord[] {
  if (added === undefined) return present;
  const seen = new Set<string>();
  const merged = new Map(present.map((tag) => [tag.Key.toLowerCase(), tag]));
  for (const { Key, Value } of added) {
    const lower = Key.toLowerCase();
    if (seen.has(lower))
      throw invalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    if (lower.startsWith("aws:")) throw invalidInput("Tag keys that begin with aws: are reserved for use by AWS.");
    seen.add(lower);
    merged.set(lower, { Key, Value });
  }
  if (merged.size > quotas.tagsPerEntity) {
    throw limitExceeded(`The number of tags has reached the maximum limit of ${quotas.tagsPerEntity}.`);
  }
  return [...merged.values()];
}

/** Takes tags away; keys that are not there do not matter. */
export function withoutTags(present: readonly TagRecord[], keys: readonly string[]): readonly TagRecord[] {
  const gone = new Set(keys.map((key) => key.toLowerCase()));
  return present.filter(({ Key }) => !gone.has(Key.toLowerCase()));
}
