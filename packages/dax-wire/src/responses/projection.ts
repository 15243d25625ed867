import type { AttributeValue, Item, Projection } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import type { CborWriter } from "../cbor/writer.js";
import { writeValue } from "../values/attribute-value.js";

/** What a projection names below one point of a document: the point itself, or members and elements of it. */
interface PathTree {
  /** Position in the projection of the path that ends here. */
  ordinal: number | undefined;
  readonly members: Map<string, PathTree>;
  /** Sorted by index before use. */
  readonly elements: Map<number, PathTree>;
}

/**
 * The parts of a projected item, by their position in the projection.
 *
 * A projected item, as a table returns it, has lists without gaps, so an element's index is no longer that of its path.
 * Clients close the gaps again, so any path that fits an element and keeps the order gives the user the same item.
 * @throws AwsError InternalServerError when the item has something that the projection does not name
 */
export function projectionOrdinals(projection: Projection, item: Item): ReadonlyMap<number, AttributeValue> {
  const root = node();
  projection.forEach((path, ordinal) => {
    let at = root;
    for (const element of path) at = child(at, element);
    at.ordinal ??= ordinal;
  });
  const found = matchMembers(root, item);
  if (found === undefined) {
    throw new AwsError("InternalServerError", "The table returned attributes that the projection does not name", {
      fault: "server",
    });
  }
  return new Map(found.sort((a, b) => a[0] - b[0]));
}

/** Writes a projected item: a map from ordinal to value. */
export function writeProjected(writer: CborWriter, projection: Projection, item: Item): void {
  const found = projectionOrdinals(projection, item);
  writer.map(found.size);
  for (const [ordinal, value] of found) {
    writer.integer(ordinal);
    writeValue(writer, value);
  }
}

type Found = [number, AttributeValue][];

function node(): PathTree {
  return { ordinal: undefined, members: new Map(), elements: new Map() };
}

function child(parent: PathTree, element: string | number): PathTree {
  const children = (typeof element === "string" ? parent.members : parent.elements) as Map<string | number, PathTree>;
  let found = children.get(element);
  if (found === undefined) {
    found = node();
    children.set(element, found);
  }
  return found;
}

/** The parts of `value` that `tree` names, if they are all there is to it; otherwise undefined. */
function match(tree: PathTree, value: AttributeValue): Found | undefined {
  if (tree.ordinal !== undefined) return [[tree.ordinal, value]];
  if ("M" in value) return matchMembers(tree, value.M);
  return "L" in value ? matchElements(tree, value.L) : undefined;
}

function matchMembers(tree: PathTree, members: Readonly<Record<string, AttributeValue>>): Found | undefined {
  const found: Found = [];
  for (const name of Object.keys(members)) {
    const subtree = tree.members.get(name);
    const part = subtree && match(subtree, members[name]!);
    if (part === undefined) return undefined;
    for (const entry of part) found.push(entry);
  }
  return found;
}

function matchElements(tree: PathTree, elements: readonly AttributeValue[]): Found | undefined {
  const found: Found = [];
  const subtrees = [...tree.elements].sort((a, b) => a[0] - b[0]).map((entry) => entry[1]);
  let next = 0;
  for (const element of elements) {
    let part: Found | undefined;
    while (part === undefined && next < subtrees.length) part = match(subtrees[next++]!, element);
    if (part === undefined) return undefined;
    for (const entry of part) found.push(entry);
  }
  return found;
}
