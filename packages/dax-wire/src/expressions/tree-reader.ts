import { type AttributeValue, type DocumentPath, pathElementsMax } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import { CborReader } from "../cbor/reader.js";
import { malformedRequest } from "../errors.js";
import { expressionDepthMax, expressionNodesMax, expressionTreeBytesMax } from "../limits.js";
import { readValue } from "../values/attribute-value.js";
import { expressionVersion, functionNames, functionNumber, listIndexTag } from "./functions.js";

/** A node's head: function number and how many operands follow. */
export interface NodeHead {
  readonly number: number;
  readonly operands: number;
}

/** Reads the parts that all expression trees are made of, and counts them. */
export class TreeReader {
  /** DynamoDB's name of the parameter: `FilterExpression`. */
  readonly parameter: string;
  readonly reader: CborReader;
  readonly #values: AttributeValue[] = [];
  #depth = 0;
  #nodes = 0;

  /**
   * Stands in front of the tree afterwards; the values behind it have been read.
   * @param withValues whether a value array follows the tree
   */
  constructor(parameter: string, bytes: Buffer, withValues: boolean) {
    this.parameter = parameter;
    if (bytes.length > expressionTreeBytesMax) {
      throw this.invalid("Expression size has exceeded the maximum allowed size");
    }
    const reader = new CborReader(bytes);
    const count = reader.arrayStart(parameter);
    if (count !== (withValues ? 3 : 2)) throw malformedRequest(`${parameter} has a wrong number of parts`);
    const version = reader.integer(`${parameter}'s version`);
    if (version !== expressionVersion) throw malformedRequest(`${parameter} has the unknown version ${version}`);
    this.reader = new CborReader(bytes, reader.position);
    if (!withValues) return;
    reader.skip(parameter);
    const values = reader.arrayStart(`${parameter}'s values`);
    while (reader.more(values, this.#values.length)) this.#values.push(readValue(reader));
    if (!reader.atEnd) throw malformedRequest(`there is something behind ${parameter}`);
  }

  /** Reads a node's head, then `read` its operands. */
  node<T>(read: (head: NodeHead) => T): T {
    if (++this.#depth > expressionDepthMax || ++this.#nodes > expressionNodesMax) {
      throw this.invalid("The expression contains too many operators or functions");
    }
    const count = this.reader.arrayStart(`a part of ${this.parameter}`);
    if (count < 1) throw malformedRequest(`${this.parameter} has an empty part`);
    const result = read({ number: this.reader.integer("a function number"), operands: count - 1 });
    this.#depth--;
    return result;
  }

  /** The operands of a value node. */
  value(head: NodeHead): AttributeValue {
    this.expect(head, 1);
    const value = this.#values[this.reader.integer("a value's number")];
    if (value === undefined) throw malformedRequest(`${this.parameter} refers to a value that is not there`);
    return value;
  }

  /** The operands of a path node. */
  path(head: NodeHead): DocumentPath {
    if (head.operands < 1) throw malformedRequest(`${this.parameter} has an empty path`);
    if (head.operands > pathElementsMax) {
      throw this.invalid(`The document path has too many nesting levels; nesting levels: ${head.operands}`);
    }
    const path: [string, ...(string | number)[]] = [this.reader.text("an attribute name in a path")];
    while (path.length < head.operands) path.push(this.#pathElement());
    return path;
  }

  /** A whole path node. */
  pathNode(): DocumentPath {
    return this.node((head) => {
      if (head.number !== functionNumber.path) throw this.misplaced(head);
      return this.path(head);
    });
  }

  #pathElement(): string | number {
    if (this.reader.kind() !== "tag") return this.reader.text("a path element");
    if (this.reader.tag("a list index") !== listIndexTag) throw malformedRequest("a path has an unknown tag");
    const index = this.reader.integer("a list index");
    if (index < 0) throw malformedRequest("a list index is negative");
    return index;
  }

  /** Checks a function's number of operands, which clients do not. */
  expect(head: NodeHead, operands: number): void {
    if (head.operands === operands) return;
    const name = functionNames[head.number];
    throw this.invalid(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${head.operands}`,
    );
  }

  /** The error for a function that may not stand where it does. */
  misplaced(head: NodeHead): AwsError {
    const name = functionNames[head.number];
    if (name === undefined) return malformedRequest(`${this.parameter} has the unknown function ${head.number}`);
    return this.invalid(`The function is not allowed to be used this way in an expression; function: ${name}`);
  }

  invalid(message: string): AwsError {
    return new AwsError("ValidationException", `Invalid ${this.parameter}: ${message}`);
  }
}
