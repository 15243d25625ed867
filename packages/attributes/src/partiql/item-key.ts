import { invalid } from "../errors.js";
import type { Condition } from "../expression.js";
import type { AttributeValue, Item, KeySchema } from "../value.js";
import { equalValues } from "../values/compare.js";
import { allOf, checkKeyType, equalities } from "./key-reads.js";

/** The item that a WHERE clause names, and what else the clause asks of it. */
export interface NamedItem {
  readonly key: Item;
  readonly rest: Condition | undefined;
}

/**
 * Finds the one item that UPDATE, DELETE and EXISTS speak of: the clause must give each key attribute by `=`.
 * @throws AwsError ValidationException
 */
export function namedItem(
  where: Condition | undefined,
  schema: KeySchema,
  /** Whether a second value for a key is an error; otherwise it is a condition that fails. */
  conflicts: "refused" | "kept" = "refused",
): NamedItem {
  const attributes = schema.range === undefined ? [schema.hash] : [schema.hash, schema.range];
  const key: Record<string, AttributeValue> = Object.create(null);
  const rest: Condition[] = [];
  for (const conjunct of conjunctsOf(where)) {
    const [equal] = conjunct.kind === "compare" ? equalities(conjunct) : [];
    const attribute = equal && attributes.find(({ name }) => name === equal.name);
    if (equal === undefined || attribute === undefined) {
      rest.push(conjunct);
      continue;
    }
    const known = key[attribute.name];
    if (known === undefined) {
      checkKeyType(equal.value, attribute);
      key[attribute.name] = equal.value;
    } else if (!equalValues(known, equal.value)) {
      if (conflicts === "refused") {
        throw invalid(
          `Multiple conditions on same key ${attribute.name}. Only single item Update/Insert/Delete are supported`,
        );
      }
      rest.push(conjunct);
    }
  }
  if (attributes.some(({ name }) => key[name] === undefined)) {
    throw invalid("Where clause does not contain a mandatory equality on all key attributes");
  }
  return { key, rest: allOf(rest) };
}

/** The conditions that must all hold, in the order of the text. */
function conjunctsOf(condition: Condition | undefined): readonly Condition[] {
  if (condition === undefined) return [];
  if (condition.kind !== "and") return [condition];
  return [...conjunctsOf(condition.left), ...conjunctsOf(condition.right)];
}
