import { invalid } from "../errors.js";
import type { DocumentPath } from "../expression.js";
import { listIndexMax, pathElementsMax } from "../limits.js";
import type { AttributeValue } from "../value.js";
import { at } from "./complaints.js";
import type { Expression, PathExpression } from "./syntax.js";

/** A statement's text and its parameters, for whoever turns its expressions into values and conditions. */
export class Binding {
  readonly text: string;
  readonly #parameters: readonly AttributeValue[];

  constructor(text: string, parameters: readonly AttributeValue[]) {
    this.text = text;
    this.#parameters = parameters;
  }

  /** The value of a `?`; more values than there are places for are no mistake (observed). */
  parameter(index: number): AttributeValue {
    const value = this.#parameters[index];
    if (value === undefined) throw invalid("Number of parameters in request and statement don't match.");
    return value;
  }

  /** ` at line:column:length` of an expression. */
  at(expression: Expression): string {
    return at(this.text, expression);
  }

  /** @throws AwsError ValidationException for steps that are neither names nor list indexes */
  path(expression: PathExpression): DocumentPath {
    const steps = expression.steps.map((step) => (typeof step === "string" ? step : this.#step(step)));
    if (expression.name === "" || steps.includes("")) throw invalid("Path component cannot be an empty string");
    if (steps.length >= pathElementsMax) {
      throw invalid(`The document path has too many nesting levels; nesting levels: ${steps.length + 1}`);
    }
    return [expression.name, ...steps];
  }

  #step(step: Expression): string | number {
    if (step.kind === "string") return step.text;
    if (step.kind !== "number" || !/^-?[0-9]+$/.test(step.text)) {
      throw invalid(`Unexpected path component${this.at(step)}`);
    }
    const index = Number(step.text);
    if (index < 0 || index > listIndexMax) {
      throw invalid(`List index is not within the allowable range; index: [${step.text}]${this.at(step)}`);
    }
    // Minus nothing is nothing.
    return index === 0 ? 0 : index;
  }
}
