import { type KeyAttribute, type KeySchema, type KeyType, keyNameBytesMax } from "@hotkeep/attributes";
import { invalid, invalidParameters } from "../errors.js";

/** `KeySchema` as requests have it. */
export type GivenKeySchema = readonly { readonly AttributeName: string; readonly KeyType: string }[];

/** `AttributeDefinitions` as requests have it. */
export type GivenAttributes = readonly { readonly AttributeName: string; readonly AttributeType: string }[];

/** @throws AwsError for a name defined twice, or too long for a key. */
export function readAttributeDefinitions(given: GivenAttributes): readonly KeyAttribute[] {
  const seen = new Set<string>();
  for (const { AttributeName: name } of given) {
    if (seen.has(name)) throw invalidParameters(`Duplicate AttributeName in AttributeDefinitions: ${name}`);
    if (Buffer.byteLength(name) > keyNameBytesMax) {
      throw invalidParameters(`Key attribute names must not be longer than ${keyNameBytesMax} bytes`);
    }
    seen.add(name);
  }
  return given.map(({ AttributeName: name, AttributeType: type }) => ({ name, type: type as KeyType }));
}

/** Reads the key schema of a table or an index. @throws AwsError `ValidationException` with the service's words (observed). */
export function readKeySchema(given: GivenKeySchema, attributes: readonly KeyAttribute[]): KeySchema {
  const names = given.map(({ AttributeName: name }) => name);
  const defined = attributes.map(({ name }) => name);
  if (given.length < 1 || given.length > 2) {
    throw invalid(
      `1 validation error detected: Value '${JSON.stringify(given)}' at 'keySchema' failed to satisfy constraint: ` +
        `Member must have length ${given.length < 1 ? "greater than or equal to 1" : "less than or equal to 2"}`,
    );
  }
  if (names.length > defined.length) throw invalid("Invalid KeySchema: Some index key attribute have no definition");
  if (names.some((name) => !defined.includes(name))) {
    throw invalidParameters(
      "Some index key attributes are not defined in AttributeDefinitions. " +
        `Keys: [${names.join(", ")}], AttributeDefinitions: [${defined.join(", ")}]`,
    );
  }
  const [first, second] = given;
  if (second !== undefined && first!.AttributeName === second.AttributeName) {
    throw invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  if (first!.KeyType !== "HASH") {
    throw invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  if (second !== undefined && second.KeyType !== "RANGE") {
    throw invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  const find = (name: string) => attributes.find((attribute) => attribute.name === name)!;
  const hash = find(first!.AttributeName);
  return second === undefined ? { hash } : { hash, range: find(second.AttributeName) };
}
