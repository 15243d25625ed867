import type { AttributeValue, Condition, Item, KeySchema } from "@hotkeep/attributes";
import type { ContextValues } from "@hotkeep/core";

/** Values of DynamoDB's condition keys for one permission; what is undefined is absent from the request context. */
export interface ItemConditionKeys {
  readonly leadingKeys?: readonly string[] | undefined;
  readonly attributes?: readonly string[] | undefined;
  readonly select?: string | undefined;
  readonly returnValues?: string | undefined;
  readonly returnConsumedCapacity?: string | undefined;
  readonly enclosingOperation?: string | undefined;
  readonly fullTableScan?: boolean | undefined;
}

/** The request context of an item operation (documented: "Condition keys for Amazon DynamoDB"). */
export function itemContext(keys: ItemConditionKeys): ContextValues {
  const context: Record<string, string | readonly string[]> = {};
  if (keys.leadingKeys !== undefined && keys.leadingKeys.length > 0) context["dynamodb:LeadingKeys"] = keys.leadingKeys;
  if (keys.attributes !== undefined && keys.attributes.length > 0) context["dynamodb:Attributes"] = keys.attributes;
  if (keys.select !== undefined) context["dynamodb:Select"] = keys.select;
  if (keys.returnValues !== undefined) context["dynamodb:ReturnValues"] = keys.returnValues;
  if (keys.enclosingOperation !== undefined) context["dynamodb:EnclosingOperation"] = keys.enclosingOperation;
  if (keys.fullTableScan !== undefined) context["dynamodb:FullTableScan"] = String(keys.fullTableScan);
  context["dynamodb:ReturnConsumedCapacity"] = keys.returnConsumedCapacity ?? "NONE";
  return context;
}

/** A partition key's value as policies spell it: text, canonical decimal, base64. */
export function leadingKeyText(value: AttributeValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  if ("S" in value) return value.S;
  if ("N" in value) return value.N;
  if ("B" in value) return value.B;
  return undefined;
}

/** The partition key values of items or keys; none for a table that is not known. */
export function leadingKeys(schema: KeySchema | undefined, items: readonly Item[]): readonly string[] {
  if (schema === undefined) return [];
  const { name } = schema.hash;
  if (items.length === 1) {
    const [item] = items;
    const text = Object.hasOwn(item!, name) ? leadingKeyText(item![name]) : undefined;
    return text === undefined ? [] : [text];
  }
  const texts = items.map((item) => (Object.hasOwn(item, name) ? leadingKeyText(item[name]) : undefined));
  return [...new Set(texts.filter((text) => text !== undefined))];
}

/** The partition key value that a key condition fixes, without judging the condition: that comes after authorization. */
export function leadingKeyOf(condition: Condition, hashName: string): AttributeValue | undefined {
  if (condition.kind === "and") {
    return leadingKeyOf(condition.left, hashName) ?? leadingKeyOf(condition.right, hashName);
  }
  if (condition.kind !== "compare" || condition.operator !== "=") return undefined;
  for (const [path, value] of [
    [condition.left, condition.right],
    [condition.right, condition.left],
  ] as const) {
    if (path.kind === "path" && value.kind === "value" && path.path.length === 1 && path.path[0] === hashName) {
      return value.value;
    }
  }
  return undefined;
}
