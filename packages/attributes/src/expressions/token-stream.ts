import type { AwsError } from "@hotkeep/core";
import { invalid } from "../errors.js";
import { expressionBytesMax, expressionOperatorsMax, listIndexMax, pathElementsMax } from "../limits.js";
import type { OperandSyntax, PathSyntax } from "./syntax.js";
import { type Token, type TokenType, tokenize } from "./tokens.js";

/** Names of the request parameters that hold expressions. */
export type ExpressionKind =
  | "ConditionExpression"
  | "FilterExpression"
  | "KeyConditionExpression"
  | "UpdateExpression"
  | "ProjectionExpression";

/** A complaint about an expression: `Invalid ConditionExpression: …`. */
export function invalidExpression(kind: ExpressionKind, detail: string): AwsError {
  return invalid(`Invalid ${kind}: ${detail}`);
}

/**
 * Reads an expression's tokens one after the other, and what all three grammars share. Complaints about meaning wait
 * until the whole text has turned out well formed: see {@link finish}.
 */
export class TokenStream {
  readonly kind: ExpressionKind;
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #operators = 0;
  #redundantParentheses = false;
  #lateComplaint: string | undefined;

  constructor(kind: ExpressionKind, text: string) {
    this.kind = kind;
    if (text === "") throw invalidExpression(kind, "The expression can not be empty;");
    const bytes = Buffer.byteLength(text);
    if (bytes > expressionBytesMax) {
      throw invalidExpression(kind, `Expression size has exceeded the maximum allowed size; expression size: ${bytes}`);
    }
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  /** The type of the token to be read next. */
  get next(): TokenType {
    return this.#tokens[this.#at]!.type;
  }

  /** Steps over the next token and returns its text. */
  take(): string {
    const { start, end } = this.#tokens[this.#at++]!;
    return this.#text.slice(start, end);
  }

  /** Steps over a token that must be of this type, and returns its text. */
  expect(type: TokenType): string {
    if (this.next !== type) throw this.syntaxError();
    return this.take();
  }

  /** Steps over the next token if it is of this type. */
  skip(type: TokenType): boolean {
    if (this.next !== type) return false;
    this.#at++;
    return true;
  }

  /** The complaint about the next token; `near` shows it between its neighbours, as written. */
  syntaxError(): AwsError {
    const token = this.#tokens[this.#at]!;
    const from = this.#tokens[this.#at - 1]?.start ?? 0;
    const after = this.#tokens[this.#at + 1];
    const to = after === undefined || after.type === "end" ? this.#text.length : after.end;
    const shown = token.type === "end" ? "<EOF>" : this.#text.slice(token.start, token.end);
    return invalidExpression(this.kind, `Syntax error; token: "${shown}", near: "${this.#text.slice(from, to)}"`);
  }

  /** Counts an operator or a function. */
  countOperator(): void {
    this.#operators++;
  }

  /** Notes that something stood in two pairs of parentheses. */
  noteRedundantParentheses(): void {
    this.#redundantParentheses = true;
  }

  /**
   * Ends the text.
   * @throws AwsError ValidationException for what is left, then for what was noted on the way
   */
  finish(): void {
    if (this.next !== "end") throw this.syntaxError();
    if (this.#operators > expressionOperatorsMax) throw this.tooManyOperators();
    if (this.#redundantParentheses) throw invalidExpression(this.kind, "The expression has redundant parentheses;");
    if (this.#lateComplaint !== undefined) throw invalidExpression(this.kind, this.#lateComplaint);
  }

  tooManyOperators(): AwsError {
    return invalidExpression(
      this.kind,
      `The expression contains too many operators; operator count: ${expressionOperatorsMax + 1}`,
    );
  }

  /** `name.name[0].#placeholder` */
  path(): PathSyntax {
    const elements: (string | number)[] = [this.#pathName()];
    for (;;) {
      if (this.skip(".")) {
        elements.push(this.#pathName());
      } else if (this.skip("[")) {
        elements.push(this.#listIndex(this.expect("index")));
        this.expect("]");
      } else {
        break;
      }
    }
    if (elements.length > pathElementsMax) {
      this.#lateComplaint ??= `The document path has too many nesting levels; nesting levels: ${elements.length}`;
    }
    return { kind: "path", elements };
  }

  #pathName(): string {
    if (this.next !== "name" && this.next !== "#") throw this.syntaxError();
    return this.take();
  }

  #listIndex(digits: string): number {
    const index = Number(digits);
    if (index > listIndexMax) {
      this.#lateComplaint ??= `List index is not within the allowable range; index: [${digits}]`;
    }
    return index;
  }

  /** A path, value or call, possibly in parentheses. */
  operand(depth = 0): OperandSyntax {
    let open = 0;
    while (this.skip("(")) open++;
    if (open > 1) this.noteRedundantParentheses();
    const operand = this.bareOperand(depth);
    for (; open > 0; open--) this.expect(")");
    return operand;
  }

  /** A path, value or call. Calls nest no deeper than the operators of one expression. */
  bareOperand(depth = 0): OperandSyntax {
    if (this.next === ":") return { kind: "value", placeholder: this.take() };
    if (this.next === "name" && this.#tokens[this.#at + 1]!.type === "(") return this.#call(depth + 1);
    return this.path();
  }

  #call(depth: number): OperandSyntax {
    if (depth > expressionOperatorsMax) throw this.tooManyOperators();
    this.countOperator();
    const name = this.take();
    this.expect("(");
    const operands = [this.operand(depth)];
    while (this.skip(",")) operands.push(this.operand(depth));
    this.expect(")");
    return { kind: "call", name, operands };
  }
}
