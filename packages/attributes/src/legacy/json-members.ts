import { notAList, unreadable } from "../errors.js";
import type { AttributeValue } from "../value.js";
import { readValue } from "../values/read-value.js";

/** A JSON object's members; null ones count as absent. @throws AwsError SerializationException for anything else */
export function readMembers(json: unknown): ReadonlyMap<string, unknown> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw unreadable("Unexpected field type");
  return new Map(Object.entries(json).filter(([, value]) => value !== null && value !== undefined));
}

/** An `AttributeValueList`; empty when absent. */
export function readValueList(json: unknown): readonly AttributeValue[] {
  if (json === undefined) return [];
  if (!Array.isArray(json)) throw notAList(json);
  return json.map(readValue);
}
