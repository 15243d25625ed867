import type { DocumentPath } from "../expression.js";
import type { AttributeMap, AttributeValue, Item } from "../value.js";

/** The value at a path; undefined when the item has none there. */
export function valueAt(item: Item, path: DocumentPath): AttributeValue | undefined {
  let value = member(item, path[0]);
  for (let depth = 1; depth < path.length && value !== undefined; depth++) {
    value = child(value, path[depth]!);
  }
  return value;
}

/** An element of a list or an entry of a map; undefined for everything else. */
export function child(value: AttributeValue, element: string | number): AttributeValue | undefined {
  if (typeof element === "number") return "L" in value ? value.L[element] : undefined;
  return "M" in value ? member(value.M, element) : undefined;
}

/** An own member of a map: inherited ones, `constructor` for one, are no attributes. */
export function member(map: AttributeMap, name: string): AttributeValue | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}
