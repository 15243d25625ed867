import { invalid } from "../errors.js";
import { valueAt } from "../evaluate/document.js";
import { projectItem } from "../evaluate/project-item.js";
import type { DocumentPath } from "../expression.js";
import { checkOverlap } from "../expressions/path-overlap.js";
import type { AttributeValue, Item } from "../value.js";
import type { Binding } from "./binding.js";
import { withoutParameterName } from "./complaints.js";
import type { Expression } from "./syntax.js";

/** One column of a SELECT: where its value is, and what it is called in the answer. */
export interface SelectField {
  readonly path: DocumentPath;
  /** The last name of the path with the list indexes behind it, `k[0]` of `m.k[0]` (observed). */
  readonly name: string;
}

/**
 * The columns of a SELECT list.
 * @throws AwsError ValidationException for what is no path, for equal names and overlapping paths
 */
export function selectFields(items: readonly Expression[], binding: Binding): readonly SelectField[] {
  const names = new Set<string>();
  const fields = items.map((item) => {
    if (item.kind !== "path") throw invalid(`Unexpected path component${binding.at(item)}`);
    const path = binding.path(item);
    const name = fieldName(path);
    if (names.has(name)) throw invalid(`Duplicate identifiers in select clause: ${name}`);
    names.add(name);
    return { path, name };
  });
  withoutParameterName(() =>
    checkOverlap(
      "ProjectionExpression",
      fields.map(({ path }) => path),
    ),
  );
  return fields;
}

function fieldName(path: DocumentPath): string {
  let from = path.length - 1;
  while (typeof path[from] === "number") from--;
  return path.slice(from).reduce<string>((name, step) => (typeof step === "number" ? `${name}[${step}]` : step), "");
}

/** The columns of one item, those that it has, side by side: how ExecuteStatement answers. */
export function selectFromItem(item: Item, fields: readonly SelectField[]): Item {
  const selected: Record<string, AttributeValue> = Object.create(null);
  for (const { path, name } of fields) {
    const value = valueAt(item, path);
    if (value !== undefined) selected[name] = value;
  }
  return selected;
}

/**
 * The columns of one item, those that it has, each where it stands in the item: how a SELECT of a batch or transaction
 * answers, which reads as GetItem with a projection does (observed).
 */
export function projectFromItem(item: Item, fields: readonly SelectField[]): Item {
  return projectItem(
    item,
    fields.map(({ path }) => path),
  );
}
