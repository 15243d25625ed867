import type { Condition, DocumentPath, Operand, Projection, SetValue, Update } from "@hotkeep/attributes";

const none: readonly string[] = [];

/**
 * Top-level attribute names that a request speaks of: for the condition key `dynamodb:Attributes`, and to find paths
 * that lead into key attributes.
 */
export class AttributeNames {
  /** Names that a key or an item has: mostly these are all. */
  readonly #given: readonly string[];
  /** All of them, as soon as there are others. */
  #names: Set<string> | undefined;
  #nestedInConditions: string[] | undefined;
  #nestedElsewhere: string[] | undefined;
  #inCondition = false;

  /** Begins with names of which none is there twice. */
  constructor(given: readonly string[] = none) {
    this.#given = given;
  }

  /** In order of first mention. */
  list(): readonly string[] {
    return this.#names === undefined ? this.#given : [...this.#names];
  }

  /** Those of which a path goes on to a list element or map entry: in conditions, then in all else. */
  nested(): readonly (readonly string[])[] {
    return [this.#nestedInConditions ?? none, this.#nestedElsewhere ?? none];
  }

  add(names: Iterable<string>): this {
    for (const name of names) this.#add(name);
    return this;
  }

  projection(projection: Projection | undefined): this {
    if (projection !== undefined) for (const path of projection) this.#path(path);
    return this;
  }

  condition(condition: Condition | undefined): this {
    if (condition === undefined) return this;
    this.#inCondition = true;
    this.#condition(condition);
    this.#inCondition = false;
    return this;
  }

  update(update: Update | undefined): this {
    for (const action of update ?? []) {
      this.#path(action.path);
      if (action.kind === "set") this.#setValue(action.value);
    }
    return this;
  }

  #condition(condition: Condition): void {
    switch (condition.kind) {
      case "and":
      case "or":
        this.#condition(condition.left);
        this.#condition(condition.right);
        return;
      case "not":
        this.#condition(condition.condition);
        return;
      case "compare":
        this.#operand(condition.left);
        this.#operand(condition.right);
        return;
      case "between":
        this.#operand(condition.operand);
        this.#operand(condition.low);
        this.#operand(condition.high);
        return;
      case "in":
        this.#operand(condition.operand);
        for (const operand of condition.list) this.#operand(operand);
        return;
      case "attribute_type":
        this.#path(condition.path);
        this.#operand(condition.type);
        return;
      case "begins_with":
      case "contains":
        this.#operand(condition.operand);
        this.#operand(condition.argument);
        return;
      case "attribute_exists":
      case "attribute_not_exists":
        this.#path(condition.path);
    }
  }

  #add(name: string): void {
    this.#names ??= new Set(this.#given);
    this.#names.add(name);
  }

  #path(path: DocumentPath): void {
    this.#add(path[0]);
    if (path.length === 1) return;
    if (this.#inCondition) {
      this.#nestedInConditions ??= [];
      this.#nestedInConditions.push(path[0]);
    } else {
      this.#nestedElsewhere ??= [];
      this.#nestedElsewhere.push(path[0]);
    }
  }

  #operand(operand: Operand): void {
    if (operand.kind === "path") this.#path(operand.path);
    else if (operand.kind === "size") this.#operand(operand.operand);
  }

  #setValue(value: SetValue): void {
    switch (value.kind) {
      case "path":
        this.#path(value.path);
        return;
      case "if_not_exists":
        this.#path(value.path);
        this.#setValue(value.otherwise);
        return;
      case "list_append":
      case "+":
      case "-":
        this.#setValue(value.left);
        this.#setValue(value.right);
        return;
      case "value":
    }
  }
}
