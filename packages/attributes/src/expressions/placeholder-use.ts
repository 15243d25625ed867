import { invalid } from "../errors.js";
import type { DocumentPath } from "../expression.js";
import type { AttributeMap, AttributeValue } from "../value.js";
import type { PathSyntax } from "./syntax.js";
import { type ExpressionKind, invalidExpression } from "./token-stream.js";

/**
 * One request's placeholders, shared by all its expressions: parse each of them with the same instance, then call
 * {@link assertAllUsed}.
 */
export class PlaceholderUse {
  readonly #names: Readonly<Record<string, string>> | undefined;
  readonly #values: AttributeMap | undefined;
  readonly #used = new Set<string>();

  /** @param names `#placeholder` to attribute name @param values `:placeholder` to value */
  constructor(names?: Readonly<Record<string, string>>, values?: AttributeMap) {
    this.#names = names;
    this.#values = values;
  }

  /** The attribute name behind a `#placeholder`. @throws AwsError ValidationException when there is none */
  name(kind: ExpressionKind, placeholder: string): string {
    if (this.#names === undefined || !Object.hasOwn(this.#names, placeholder)) {
      throw invalidExpression(
        kind,
        `An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`,
      );
    }
    this.#used.add(placeholder);
    return this.#names[placeholder]!;
  }

  /** The value behind a `:placeholder`. @throws AwsError ValidationException when there is none */
  value(kind: ExpressionKind, placeholder: string): AttributeValue {
    if (this.#values === undefined || !Object.hasOwn(this.#values, placeholder)) {
      throw invalidExpression(
        kind,
        `An expression attribute value used in expression is not defined; attribute value: ${placeholder}`,
      );
    }
    this.#used.add(placeholder);
    return this.#values[placeholder]!;
  }

  /** A path with its placeholders replaced. */
  path(kind: ExpressionKind, { elements }: PathSyntax): DocumentPath {
    if (!elements.some(isPlaceholder)) return elements as DocumentPath;
    const path = elements.map((element) => (isPlaceholder(element) ? this.name(kind, element) : element));
    return path as unknown as DocumentPath;
  }

  /** @throws AwsError ValidationException naming the placeholders that no expression of the request used */
  assertAllUsed(): void {
    this.#assertUsed("ExpressionAttributeNames", this.#names);
    this.#assertUsed("ExpressionAttributeValues", this.#values);
  }

  #assertUsed(parameter: string, given: object | undefined): void {
    if (given === undefined) return;
    const unused = Object.keys(given).filter((placeholder) => !this.#used.has(placeholder));
    if (unused.length === 0) return;
    throw invalid(`Value provided in ${parameter} unused in expressions: keys: {${unused.join(", ")}}`);
  }
}

/** Whether a path element is a placeholder and not a name: no name written in a text begins with `#`. */
export function isPlaceholder(element: string | number): element is string {
  return typeof element === "string" && element.charCodeAt(0) === 35;
}
