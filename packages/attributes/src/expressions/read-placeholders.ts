import { AwsError } from "@hotkeep/core";
import { invalid, unreadable } from "../errors.js";
import { placeholderBytesMax } from "../limits.js";
import type { AttributeMap } from "../value.js";
import { readString } from "../values/json-scalars.js";
import { NewMap } from "../values/new-map.js";
import { checkAttributeName, readValue } from "../values/read-value.js";

const namePattern = /^#[A-Za-z0-9_]+$/;
const valuePattern = /^:[A-Za-z0-9_]+$/;

/**
 * Reads `ExpressionAttributeValues`; undefined and null stay undefined.
 * @throws AwsError with the service's words about the offending key
 */
export function readExpressionValues(json: unknown): AttributeMap | undefined {
  const entries = readEntries("ExpressionAttributeValues", json, valuePattern);
  if (entries === undefined) return undefined;
  const values = new NewMap();
  for (const [key, value] of entries) {
    values[key] = explained("ExpressionAttributeValues", key, () => readValue(value));
  }
  return values;
}

/** Reads `ExpressionAttributeNames`; undefined and null stay undefined. */
export function readExpressionNames(json: unknown): Readonly<Record<string, string>> | undefined {
  const entries = readEntries("ExpressionAttributeNames", json, namePattern);
  if (entries === undefined) return undefined;
  const names: Record<string, string> = Object.create(null);
  for (const [key, value] of entries) {
    names[key] = explained("ExpressionAttributeNames", key, () => readName(value));
  }
  return names;
}

function readName(json: unknown): string {
  const name = json === null ? "" : readString(json);
  checkAttributeName(name);
  return name;
}

function readEntries(parameter: string, json: unknown, pattern: RegExp): [string, unknown][] | undefined {
  if (json === undefined || json === null) return undefined;
  if (typeof json !== "object") throw unreadable("Unexpected field type");
  if (Array.isArray(json)) {
    const type = parameter.endsWith("Names") ? "java.lang.String" : "com.amazonaws.dynamodb.v20120810.AttributeValue";
    throw unreadable(`Unrecognized collection type java.util.Map<java.lang.String, ${type}>`);
  }
  const entries = Object.entries(json);
  if (entries.length === 0) throw invalid(`${parameter} must not be empty`);
  for (const [key] of entries) {
    if (!pattern.test(key)) throw invalid(`${parameter} contains invalid key: Syntax error; key: "${key}"`);
    if (key.length > placeholderBytesMax) {
      throw invalid(
        `${parameter} contains invalid key: The expression attribute map contains a key that is too long; ` +
          `size of key: ${key.length}`,
      );
    }
  }
  return entries;
}

function explained<T>(parameter: string, key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ValidationException") throw error;
    throw invalid(`${parameter} contains invalid value: ${error.message} for key ${key}`);
  }
}
