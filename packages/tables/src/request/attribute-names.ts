import type { Condition, Operand, Projection, SetValue, Update } from "@hotkeep/attributes";

/** Top-level attribute names that a request speaks of, for the condition key `dynamodb:Attributes`. */
export class AttributeNames {
  readonly #names = new Set<string>();

  /** In order of first mention. */
  list(): readonly string[] {
    return [...this.#names];
  }

  add(names: Iterable<string>): this {
    for (const name of names) this.#names.add(name);
    return this;
  }

  projection(projection: Projection | undefined): this {
    for (const path of projection ?? []) this.#names.add(path[0]);
    return this;
  }

  condition(condition: Condition | undefined): this {
    if (condition !== undefined) this.#condition(condition);
    return this;
  }

  update(update: Update | undefined): this {
    for (const action of update ?? []) {
      this.#names.add(action.path[0]);
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
        this.#names.add(condition.path[0]);
        this.#operand(condition.type);
        return;
      case "begins_with":
      case "contains":
        this.#operand(condition.operand);
        this.#operand(condition.argument);
        return;
      case "attribute_exists":
      case "attribute_not_exists":
        this.#names.add(condition.path[0]);
    }
  }

  #operand(operand: Operand): void {
    if (operand.kind === "path") this.#names.add(operand.path[0]);
    else if (operand.kind === "size") this.#operand(operand.operand);
  }

  #setValue(value: SetValue): void {
    switch (value.kind) {
      case "path":
        this.#names.add(value.path[0]);
        return;
      case "if_not_exists":
        this.#names.add(value.path[0]);
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
