import { invalid } from "../errors.js";
import type { DocumentPath, SetValue, Update, UpdateAction } from "../expression.js";
import { nestingMax } from "../limits.js";
import { addNumbers, subtractNumbers } from "../numbers/number.js";
import type { AttributeValue, Item } from "../value.js";
import { contentOf, typeOf } from "../values/attribute-type.js";
import { valueAt } from "./document.js";
import { UpdatedTree } from "./updated-tree.js";

/** `UpdateExpression`, or the legacy parameter `AttributeUpdates`. */
export type UpdateDialect = "expression" | "legacy";

/** What an update makes of an item. */
export interface UpdateOutcome {
  /** The item after; undefined when nothing was there and only REMOVEs and DELETEs were asked for. */
  readonly item: Item | undefined;
  /** The paths written, in the order of the text, for `updatedAttributes`. */
  readonly touched: readonly DocumentPath[];
}

/**
 * Applies a validated update. Every right side reads the item as it was; neither item nor key is changed, and the
 * result shares what was not written. Its size is for the caller to check (`checkItemSize`).
 * @param key the key attributes, of which an item that is not there is made
 * @param dialect where the update comes from: messages differ
 * @throws AwsError ValidationException for missing operands, wrong types, paths that lead nowhere, numbers and nesting
 * out of bounds
 */
export function applyUpdate(
  update: Update,
  item: Item | undefined,
  key: Item,
  dialect: UpdateDialect = "expression",
): UpdateOutcome {
  const touched = update.map(({ path }) => path);
  if (item === undefined && update.length > 0 && update.every(onlyTakesAway)) return { item: undefined, touched };
  const old = item ?? key;
  const tree = new UpdatedTree(old);
  for (const action of update) applyAction(tree, action, old, dialect);
  return { item: tree.finish(), touched };
}

function onlyTakesAway({ kind }: UpdateAction): boolean {
  return kind === "remove" || kind === "delete";
}

function applyAction(tree: UpdatedTree, action: UpdateAction, old: Item, dialect: UpdateDialect): void {
  const { path } = action;
  // A path that leads nowhere is complained about before the value (observed).
  tree.requireParent(path);
  const value = newValue(action, old, dialect);
  if (value === undefined) {
    tree.remove(path);
    return;
  }
  if (path.length > 1 && levelsOf(value) + path.length - 1 > nestingMax) {
    throw invalid(
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
    );
  }
  tree.set(path, value);
}

/** What an action writes; undefined for nothing, that is, remove. */
function newValue(action: UpdateAction, old: Item, dialect: UpdateDialect): AttributeValue | undefined {
  switch (action.kind) {
    case "remove":
      return undefined;
    case "set":
      return setValueOf(action.value, old, dialect);
    case "add":
      return added(valueAt(old, action.path), action.value, dialect);
    case "delete":
      return withoutElements(valueAt(old, action.path), action.value, dialect);
  }
}

function wrongType(dialect: UpdateDialect): Error {
  return invalid(
    dialect === "legacy"
      ? "Type mismatch for attribute to update"
      : "An operand in the update expression has an incorrect data type",
  );
}

function setValueOf(value: SetValue, old: Item, dialect: UpdateDialect): AttributeValue {
  switch (value.kind) {
    case "value":
      return value.value;
    case "path": {
      const found = valueAt(old, value.path);
      if (found === undefined) {
        throw invalid("The provided expression refers to an attribute that does not exist in the item");
      }
      return found;
    }
    case "if_not_exists":
      return valueAt(old, value.path) ?? setValueOf(value.otherwise, old, dialect);
    case "list_append": {
      const left = setValueOf(value.left, old, dialect);
      const right = setValueOf(value.right, old, dialect);
      if (!("L" in left) || !("L" in right)) throw wrongType(dialect);
      return { L: [...left.L, ...right.L] };
    }
    case "+":
    case "-": {
      const left = setValueOf(value.left, old, dialect);
      const right = setValueOf(value.right, old, dialect);
      if (!("N" in left) || !("N" in right)) throw wrongType(dialect);
      return { N: value.kind === "+" ? addNumbers(left.N, right.N) : subtractNumbers(left.N, right.N) };
    }
  }
}

/** ADD: a sum of numbers, a union of sets of one type, or the value itself where nothing was. */
function added(old: AttributeValue | undefined, value: AttributeValue, dialect: UpdateDialect): AttributeValue {
  if (old === undefined) return value;
  if ("N" in value && "N" in old) return { N: addNumbers(old.N, value.N) };
  const type = typeOf(value);
  if (type !== typeOf(old) || type === "N") throw wrongType(dialect);
  return setOf(type, new Set([...(contentOf(old) as string[]), ...(contentOf(value) as string[])]));
}

/** DELETE: the set without some elements; undefined when none are left or none were there. */
function withoutElements(
  old: AttributeValue | undefined,
  value: AttributeValue,
  dialect: UpdateDialect,
): AttributeValue | undefined {
  if (old === undefined) return undefined;
  const type = typeOf(value);
  if (type !== typeOf(old)) throw wrongType(dialect);
  const left = new Set(contentOf(old) as string[]);
  for (const element of contentOf(value) as string[]) left.delete(element);
  return left.size === 0 ? undefined : setOf(type, left);
}

function setOf(type: string, elements: ReadonlySet<string>): AttributeValue {
  return { [type]: [...elements] } as unknown as AttributeValue;
}

/** Levels of a value: see {@link nestingMax}. */
function levelsOf(value: AttributeValue): number {
  if ("L" in value) return 1 + deepest(value.L);
  return "M" in value ? 1 + deepest(Object.values(value.M)) : 1;
}

function deepest(values: readonly AttributeValue[]): number {
  let levels = 0;
  for (const value of values) levels = Math.max(levels, levelsOf(value));
  return levels;
}
