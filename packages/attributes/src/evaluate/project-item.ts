import type { DocumentPath, Projection } from "../expression.js";
import type { AttributeMap, AttributeValue, Item } from "../value.js";
import { member } from "./document.js";

/** The wanted parts of a map or list; undefined stands for the whole value. */
type Wanted = ReadonlyMap<string | number, Wanted | undefined>;

/** One projection serves many items. */
const prepared = new WeakMap<Projection, Wanted>();

/**
 * The parts of an item that a validated projection asks for. Lists are closed up, in the order of their indexes; a
 * container of which nothing is there is left out.
 */
export function projectItem(item: Item, projection: Projection): Item {
  let wanted = prepared.get(projection);
  if (wanted === undefined) {
    wanted = prepare(projection);
    prepared.set(projection, wanted);
  }
  return partsOf(item, wanted);
}

/**
 * The written parts of an item: UPDATED_OLD of the old one, UPDATED_NEW of the new one, as the service has it (nested
 * paths give nested parts; an element set beyond a list's end is not among them: observed). Undefined when there is
 * nothing.
 */
export function updatedAttributes(item: Item | undefined, touched: readonly DocumentPath[]): Item | undefined {
  if (item === undefined || touched.length === 0) return undefined;
  const parts = partsOf(item, prepare(touched));
  for (const _ in parts) return parts;
  return undefined;
}

function prepare(paths: readonly DocumentPath[]): Wanted {
  const root = new Map<string | number, Wanted | undefined>();
  for (const path of paths) {
    let level = root;
    for (const [depth, element] of path.entries()) {
      if (depth === path.length - 1) {
        level.set(element, undefined);
        break;
      }
      let next = level.get(element) as typeof root | undefined;
      if (next === undefined) {
        next = new Map();
        level.set(element, next);
      }
      level = next;
    }
  }
  return root;
}

function partsOf(map: AttributeMap, wanted: Wanted): AttributeMap {
  const parts: Record<string, AttributeValue> = Object.create(null);
  for (const [element, inner] of wanted) {
    const value = typeof element === "string" ? member(map, element) : undefined;
    const part = value === undefined ? undefined : partOf(value, inner);
    if (part !== undefined) parts[element] = part;
  }
  return parts;
}

function partOf(value: AttributeValue, wanted: Wanted | undefined): AttributeValue | undefined {
  if (wanted === undefined) return value;
  if ("M" in value) {
    const parts = partsOf(value.M, wanted);
    for (const _ in parts) return { M: parts };
    return undefined;
  }
  if (!("L" in value)) return undefined;
  const parts = elementsOf(value.L, wanted);
  return parts.length === 0 ? undefined : { L: parts };
}

function elementsOf(list: readonly AttributeValue[], wanted: Wanted): AttributeValue[] {
  const indexes = [...wanted.keys()].filter((element) => typeof element === "number").sort((a, b) => a - b);
  const parts: AttributeValue[] = [];
  for (const index of indexes) {
    const value = list[index];
    const part = value === undefined ? undefined : partOf(value, wanted.get(index));
    if (part !== undefined) parts.push(part);
  }
  return parts;
}
