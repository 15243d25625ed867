import { invalid, invalidParameter } from "../errors.js";
import { hashKeyBytesMax, rangeKeyBytesMax } from "../limits.js";
import type { AttributeValue, Item, KeyAttribute, KeySchema } from "../value.js";
import { contentOf, typeOf } from "../values/attribute-type.js";
import { base64Bytes } from "../values/base64.js";
import { NewMap } from "../values/new-map.js";

const mismatch = "The provided key element does not match the schema";

/**
 * The key attributes of an item that is to be written.
 * @throws AwsError ValidationException for missing, mistyped, empty and too long ones
 */
export function keyOf(item: Item, schema: KeySchema): Item {
  const key = new NewMap();
  for (const attribute of attributesOf(schema)) {
    const value = Object.hasOwn(item, attribute.name) ? item[attribute.name] : undefined;
    if (value === undefined) throw invalidParameter(`Missing the key ${attribute.name} in the item`);
    const type = typeOf(value);
    if (type !== attribute.type) {
      throw invalidParameter(`Type mismatch for key ${attribute.name} expected: ${attribute.type} actual: ${type}`);
    }
    checkKeyValue(value, attribute, attribute === schema.hash);
    key[attribute.name] = value;
  }
  return key;
}

/**
 * Checks a `Key` parameter: exactly the schema's attributes, well typed, neither empty nor too long. Returns it.
 * @throws AwsError ValidationException
 */
export function checkKey(key: Item, schema: KeySchema): Item {
  const attributes = attributesOf(schema);
  if (Object.keys(key).length !== attributes.length) throw invalid(mismatch);
  for (const attribute of attributes) {
    if (!Object.hasOwn(key, attribute.name)) throw invalid(mismatch);
    const value = key[attribute.name]!;
    if (typeOf(value) !== attribute.type) throw invalid(mismatch);
    checkKeyValue(value, attribute, attribute === schema.hash);
  }
  return key;
}

function attributesOf(schema: KeySchema): readonly KeyAttribute[] {
  return schema.range === undefined ? [schema.hash] : [schema.hash, schema.range];
}

/**
 * Checks a well-typed key attribute's content.
 * @param indexName the index whose key it is, for messages; none for a table
 * @throws AwsError ValidationException for empty values and those beyond 2048 (partition) or 1024 bytes (sort)
 */
export function checkKeyValue(
  value: AttributeValue,
  attribute: KeyAttribute,
  isHash: boolean,
  indexName?: string,
): void {
  if (attribute.type === "N") return;
  const text = contentOf(value) as string;
  if (text === "") {
    const kind = attribute.type === "S" ? "string" : "binary";
    const cannot = `The AttributeValue for a key attribute cannot contain an empty ${kind} value.`;
    throw invalid(
      indexName === undefined
        ? `One or more parameter values are not valid. ${cannot} Key: ${attribute.name}`
        : "One or more parameter values are not valid. A value specified for a secondary index key is not supported. " +
            `${cannot} IndexName: ${indexName}, IndexKey: ${attribute.name}`,
    );
  }
  // A UTF-16 unit takes at most three bytes, so that most keys need no counting.
  if (text.length * 3 <= rangeKeyBytesMax) return;
  const bytes = attribute.type === "S" ? Buffer.byteLength(text) : base64Bytes(text);
  // The missing space is the service's own.
  if (isHash && bytes > hashKeyBytesMax) {
    throw invalidParameter(`Size of hashkey has exceeded the maximum size limit of${hashKeyBytesMax} bytes`);
  }
  if (!isHash && bytes > rangeKeyBytesMax) {
    throw invalidParameter(
      `Aggregated size of all range keys has exceeded the size limit of ${rangeKeyBytesMax} bytes`,
    );
  }
}
