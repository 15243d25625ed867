import { invalid } from "../errors.js";

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

/** @throws AwsError `ValidationException` for too many, repeated, reserved or overlong tags, in the service's words (observed). */
export function checkTags(tags: readonly Tag[]): void {
  const keys = new Set<string>();
  for (const { key, value } of tags) {
    if (key.length === 0 || key.length > tagKeyLengthMax) throw invalid(`The Tag Key provided is invalid, Key: ${key}`);
    if (value.length > tagValueLengthMax) throw invalid(`The Tag Value provided is invalid, Value: ${value}`);
    if (/^aws:/i.test(key)) throw invalid(`Tag Key cannot be prefixed with aws:, Key: ${key}`);
    if (keys.has(key)) {
      throw invalid(`Duplicate Tag Keys provided as input: Duplicate Tag Key found ${key}`);
    }
    keys.add(key);
  }
  if (tags.length > tagsMax) {
    throw invalid("Number of Tags exceed the current limit for the provided ResourceArn");
  }
}
