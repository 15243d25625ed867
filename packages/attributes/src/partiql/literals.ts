import { AwsError } from "@hotkeep/core";
import { invalid, invalidParameter } from "../errors.js";
import { nestingMax, numberDigitsMax } from "../limits.js";
import { normalizeNumber } from "../numbers/number.js";
import type { AttributeValue, Item } from "../value.js";
import { checkAttributeName } from "../values/read-value.js";
import type { Binding } from "./binding.js";
import { notWellFormed } from "./complaints.js";
import type { Expression } from "./syntax.js";

type Tuple = Extract<Expression, { readonly kind: "tuple" }>;
type Bag = Extract<Expression, { readonly elements: unknown }>;

/**
 * The value of a literal or parameter. Inside of lists, tuples and bags there are only literals (observed).
 * @throws AwsError ValidationException for everything else
 */
export function literalValue(expression: Expression, binding: Binding): AttributeValue {
  return expression.kind === "parameter"
    ? binding.parameter(expression.index)
    : new LiteralReader(binding).value(expression, "root", 0);
}

/** The item that INSERT gives: a tuple, of whose attributes each may be a parameter. */
export function literalItem(expression: Expression, binding: Binding): Item {
  if (expression.kind !== "tuple") {
    throw invalid(
      "Unsupported format in item expression. Please use struct format {...} to express item values for insert " +
        `statement.${binding.at(expression)}`,
    );
  }
  return new LiteralReader(binding).item(expression);
}

class LiteralReader {
  readonly #binding: Binding;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  item(tuple: Tuple): Item {
    return this.#map(tuple, "root", (value) => literalValue(value, this.#binding));
  }

  /** `place` is what complaints call the place, `level` the number of containers around it. */
  value(expression: Expression, place: string, level: number): AttributeValue {
    if (level >= nestingMax) throw invalid(`Nesting Levels have exceeded supported limits under ${place}`);
    switch (expression.kind) {
      case "string":
        return { S: expression.text };
      case "number":
        return { N: numberOf(expression.text) };
      case "boolean":
        return { BOOL: expression.value };
      case "null":
        return { NULL: true };
      case "list":
        return {
          L: expression.elements.map((element, index) => this.value(element, `${place}[${index}]`, level + 1)),
        };
      case "tuple":
        return { M: this.#map(expression, place, (value, key) => this.value(value, `${place}.${key}`, level + 1)) };
      case "bag":
        return this.#bag(expression, place);
      case "ion":
        throw invalid(`Ion Literals are not supported under key ${place}${this.#binding.at(expression)}`);
      default:
        throw invalid(
          `Unsupported data type: ${nameOf(expression, level)} under key ${place}${this.#binding.at(expression)}`,
        );
    }
  }

  #map(tuple: Tuple, place: string, read: (value: Expression, key: string) => AttributeValue): Item {
    const map: Record<string, AttributeValue> = Object.create(null);
    for (const [key, value] of tuple.entries) {
      const where = ` under ${place}${this.#binding.at(key)}`;
      if (key.kind !== "string") {
        throw invalid(`Tuple keys must be of type String. Actual type: ${nameOf(key, 1)}${where}`);
      }
      if (key.text === "") throw invalid("Path component cannot be an empty string");
      if (Object.hasOwn(map, key.text)) throw invalid(`Duplicate keys in tuple. Key: ${key.text}${where}`);
      checkAttributeName(key.text);
      map[key.text] = read(value, key.text);
    }
    return map;
  }

  #bag(bag: Bag, place: string): AttributeValue {
    const { elements } = bag;
    const unsupported = "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags";
    const [first] = elements;
    if (first === undefined) throw invalid(`Empty bags are not supported${this.#binding.at(bag)}`);
    const texts: string[] = [];
    for (const element of elements) {
      if (element.kind !== "string" && element.kind !== "number") {
        throw invalid(`${unsupported}${this.#binding.at(element)}`);
      }
      if (element.kind !== first.kind) throw invalid(unsupported);
      texts.push(element.text);
    }
    const shown = `Input collection [${texts.join(", ")}] contains duplicates`;
    if (first.kind === "string") {
      if (new Set(texts).size < texts.length) throw invalidParameter(`${shown}.`);
      return { SS: texts };
    }
    const numbers = texts.map(numberOf);
    if (new Set(numbers).size < numbers.length) throw invalidParameter(`${shown}! under ${place}`);
    return { NS: numbers };
  }
}

/** What complaints call an expression that is no literal. */
function nameOf(expression: Expression, level: number): string {
  switch (expression.kind) {
    case "path":
      if (expression.steps.length > 0) return "Path";
      return level === 0 ? expression.name : "VariableReference";
    case "operator":
      return expression.operator;
    case "call":
      return expression.name;
    case "parameter":
      return "Parameter";
    case "unsupported":
      return expression.word;
    case "is":
      return "is";
    default:
      return expression.kind.toUpperCase();
  }
}

function numberOf(text: string): string {
  try {
    return normalizeNumber(text);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    // An exponent beyond all numbers makes the text ill-formed (observed).
    if (error.message.startsWith("The parameter cannot be converted")) throw notWellFormed();
    if (!error.message.includes("significant digits")) throw error;
    throw invalid(`DynamoDB only supports precision up to ${numberDigitsMax} digits`);
  }
}
