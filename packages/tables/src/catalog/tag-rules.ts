import { invalidParameters } from "../errors.js";

/** A tag as it is stored. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** Tags of one resource (documented). */
const tagsMax = 50;
const tagKeyLengthMax = 128;
const tagValueLengthMax = 256;

export function readTags(given: readonly { readonly Key: string; readonly Value: string }[]): readonly Tag[] {
  return given.map(({ Key: key, Value: value }) => ({ key, value }));
}

/** @throws AwsError `ValidationException` for too many, repeated, reserved or overlong tags. */
export function checkTags(tags: readonly Tag[]): void {
  const keys = new Set<string>();
  for (const { key, value } of tags) {
    if (key.length === 0 || key.length > tagKeyLengthMax) {
      throw invalidParameters(`Tag keys must have 1 to ${tagKeyLengthMax} characters`);
    }
    if (value.length > tagValueLengthMax) {
      throw invalidParameters(`Tag values must have at most ${tagValueLengthMax} characters`);
    }
    if (/^aws:/i.test(key)) throw invalidParameters("Tag keys must not begin with aws:");
    if (keys.has(key)) throw invalidParameters(`Duplicate tag key: ${key}`);
    keys.add(key);
  }
  if (tags.length > tagsMax) throw invalidParameters(`Too many tags: at most ${tagsMax}`);
}
