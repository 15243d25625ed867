import type { Condition, DocumentPath, Operand, Projection, SetValue, Update, UpdateAction } from "../expression.js";
import type { AttributeMap, AttributeValue } from "../value.js";

/** Collects the placeholders `#n0`, `:v0` … of one request's expressions. */
export class NameTable {
  readonly #placeholders = new Map<string, string>();
  readonly #names: Record<string, string> = Object.create(null);
  readonly #values: Record<string, AttributeValue> = Object.create(null);
  #valueCount = 0;

  /** `ExpressionAttributeNames`; undefined when none was needed. */
  get names(): Readonly<Record<string, string>> | undefined {
    return this.#placeholders.size === 0 ? undefined : this.#names;
  }

  /** `ExpressionAttributeValues`; undefined when none was needed. */
  get values(): AttributeMap | undefined {
    return this.#valueCount === 0 ? undefined : this.#values;
  }

  /** The placeholder of an attribute name; the same name always gets the same one. */
  name(name: string): string {
    let placeholder = this.#placeholders.get(name);
    if (placeholder === undefined) {
      placeholder = `#n${this.#placeholders.size}`;
      this.#placeholders.set(name, placeholder);
      this.#names[placeholder] = name;
    }
    return placeholder;
  }

  /** A new placeholder for a value. */
  value(value: AttributeValue): string {
    const placeholder = `:v${this.#valueCount++}`;
    this.#values[placeholder] = value;
    return placeholder;
  }
}

/** Prints a validated condition so that parsing the text gives an equal tree. */
export function printCondition(condition: Condition, table: NameTable): string {
  const operand = (each: Operand) => printOperand(each, table);
  switch (condition.kind) {
    case "and":
    case "or": {
      const left = printPart(condition.left, table, condition.kind === "and" ? ["or"] : []);
      const right = printPart(condition.right, table, condition.kind === "and" ? ["or", "and"] : ["or"]);
      return `${left} ${condition.kind.toUpperCase()} ${right}`;
    }
    case "not":
      return `NOT ${printPart(condition.condition, table, ["and", "or", "not"])}`;
    case "compare":
      return `${operand(condition.left)} ${condition.operator} ${operand(condition.right)}`;
    case "between":
      return `${operand(condition.operand)} BETWEEN ${operand(condition.low)} AND ${operand(condition.high)}`;
    case "in":
      return `${operand(condition.operand)} IN (${condition.list.map(operand).join(", ")})`;
    case "attribute_exists":
    case "attribute_not_exists":
      return `${condition.kind}(${printPath(condition.path, table)})`;
    case "attribute_type":
      return `attribute_type(${printPath(condition.path, table)}, ${operand(condition.type)})`;
    case "begins_with":
    case "contains":
      return `${condition.kind}(${operand(condition.operand)}, ${operand(condition.argument)})`;
  }
}

function printPart(condition: Condition, table: NameTable, wrapped: readonly string[]): string {
  const text = printCondition(condition, table);
  return wrapped.includes(condition.kind) ? `(${text})` : text;
}

function printOperand(operand: Operand, table: NameTable): string {
  switch (operand.kind) {
    case "path":
      return printPath(operand.path, table);
    case "value":
      return table.value(operand.value);
    case "size":
      return `size(${printOperand(operand.operand, table)})`;
  }
}

function printPath(path: DocumentPath, table: NameTable): string {
  let text = "";
  for (const element of path) {
    if (typeof element === "number") text += `[${element}]`;
    else text += (text === "" ? "" : ".") + table.name(element);
  }
  return text;
}

/**
 * Prints a validated update. Parsing gives the same actions, in the same order if those of one kind stand together, as
 * in every parsed update; empty text, which is no expression, stands for an empty update.
 */
export function printUpdate(update: Update, table: NameTable): string {
  const sections = new Map<string, string[]>();
  for (const action of update) {
    const section = action.kind.toUpperCase();
    const printed = printAction(action, table);
    const actions = sections.get(section);
    if (actions === undefined) sections.set(section, [printed]);
    else actions.push(printed);
  }
  return [...sections].map(([section, actions]) => `${section} ${actions.join(", ")}`).join(" ");
}

function printAction(action: UpdateAction, table: NameTable): string {
  const path = printPath(action.path, table);
  switch (action.kind) {
    case "set":
      return `${path} = ${printSetValue(action.value, table)}`;
    case "remove":
      return path;
    case "add":
    case "delete":
      return `${path} ${table.value(action.value)}`;
  }
}

function printSetValue(value: SetValue, table: NameTable): string {
  switch (value.kind) {
    case "path":
      return printPath(value.path, table);
    case "value":
      return table.value(value.value);
    case "if_not_exists":
      return `if_not_exists(${printPath(value.path, table)}, ${printSetValue(value.otherwise, table)})`;
    case "list_append":
      return `list_append(${printSetValue(value.left, table)}, ${printSetValue(value.right, table)})`;
    case "+":
    case "-":
      return `${printSetValue(value.left, table)} ${value.kind} ${printSetValue(value.right, table)}`;
  }
}

/** Prints a validated projection, which must not be empty. */
export function printProjection(projection: Projection, table: NameTable): string {
  return projection.map((path) => printPath(path, table)).join(", ");
}
