import { invalid } from "../errors.js";
import type { DocumentPath } from "../expression.js";
import type { AttributeValue, Item } from "../value.js";
import { NewMap } from "../values/new-map.js";
import { valueAt } from "./document.js";

type MutableMap = Record<string, AttributeValue>;

/**
 * An item on the way to its next version. Containers on written paths are copied once; everything else is shared with
 * the old item, which stays as it is. List elements are named by their old indexes to the end: removed ones leave a
 * hole, elements set beyond the end wait, and {@link finish} closes up.
 */
export class UpdatedTree {
  readonly #old: Item;
  readonly #root: MutableMap;
  /** Copies made by this update, by their container's path as text. */
  readonly #copies = new Map<string, ListCopy | MutableMap>();

  constructor(old: Item) {
    this.#old = old;
    this.#root = Object.assign(new NewMap(), old);
  }

  /** @throws AwsError ValidationException when the path's parent is no list or map of the old item */
  requireParent(path: DocumentPath): void {
    this.#parent(path);
  }

  /** See {@link requireParent}. */
  set(path: DocumentPath, value: AttributeValue): void {
    const element = path.at(-1)!;
    const parent = this.#parent(path);
    if (parent instanceof ListCopy) parent.set(element as number, value);
    else parent[element] = value;
  }

  /** See {@link requireParent}; what is not there is silently not removed. */
  remove(path: DocumentPath): void {
    const element = path.at(-1)!;
    const parent = this.#parent(path);
    if (parent instanceof ListCopy) parent.remove(element as number);
    else delete parent[element];
  }

  finish(): Item {
    for (const copy of this.#copies.values()) if (copy instanceof ListCopy) copy.finish();
    return this.#root;
  }

  #parent(path: DocumentPath): MutableMap | ListCopy {
    const depth = path.length - 1;
    const parent = this.#container(path, depth);
    if (parent instanceof ListCopy !== (typeof path[depth] === "number")) throw invalidPath();
    return parent;
  }

  /** The copy of the container at the first `depth` elements of the path; makes it, and those around it. */
  #container(path: DocumentPath, depth: number): MutableMap | ListCopy {
    if (depth === 0) return this.#root;
    const id = JSON.stringify(path.slice(0, depth));
    const known = this.#copies.get(id);
    if (known !== undefined) return known;
    const old = valueAt(this.#old, path.slice(0, depth) as unknown as DocumentPath);
    if (old === undefined || !("L" in old || "M" in old)) throw invalidPath();
    const outer = this.#container(path, depth - 1);
    const element = path[depth - 1]!;
    const copy = "L" in old ? new ListCopy(old.L) : Object.assign(new NewMap(), old.M);
    const value: AttributeValue = copy instanceof ListCopy ? { L: copy.elements } : { M: copy };
    if (outer instanceof ListCopy) outer.set(element as number, value);
    else outer[element] = value;
    this.#copies.set(id, copy);
    return copy;
  }
}

function invalidPath(): Error {
  return invalid("The document path provided in the update expression is invalid for update");
}

class ListCopy {
  readonly elements: AttributeValue[];
  readonly #removed = new Set<number>();
  readonly #beyond = new Map<number, AttributeValue>();

  constructor(old: readonly AttributeValue[]) {
    this.elements = [...old];
  }

  set(index: number, value: AttributeValue): void {
    if (index < this.elements.length) this.elements[index] = value;
    else this.#beyond.set(index, value);
  }

  remove(index: number): void {
    if (index < this.elements.length) this.#removed.add(index);
  }

  /** Closes the holes; appends what was set beyond the end, in the order of the indexes. */
  finish(): void {
    const kept = this.elements.filter((_, index) => !this.#removed.has(index));
    const appended = [...this.#beyond].sort(([a], [b]) => a - b).map(([, value]) => value);
    this.elements.splice(0, this.elements.length, ...kept, ...appended);
  }
}
