import { expressionDepthMax, expressionLengthMax } from "../limits.js";
import { mathError } from "./math-error.js";
import { type MathToken, mathTokens } from "./tokens.js";

/** A parsed expression. */
export type MathNode =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "list"; readonly items: readonly MathNode[] }
  | { readonly kind: "call"; readonly name: string; readonly inputs: readonly MathNode[] }
  | { readonly kind: "binary"; readonly sign: string; readonly left: MathNode; readonly right: MathNode };

/** How tightly a sign binds. */
const levels: Readonly<Record<string, number>> = { "+": 1, "-": 1, "*": 2, "/": 2, "^": 3 };

/**
 * Reads the arithmetic of CloudWatch's metric math: numbers, ids, signs, parentheses, lists, functions.
 *
 * @throws AwsError `ValidationException`
 */
export function parseMath(text: string): MathNode {
  if (text.length > expressionLengthMax) {
    throw mathError(`${text.slice(0, 40)}…`, `it must not be longer than ${expressionLengthMax} characters`);
  }
  const reader = new Reader(text);
  const node = reader.sum(0, 1);
  reader.end();
  return node;
}

class Reader {
  readonly #text: string;
  readonly #tokens: readonly MathToken[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = mathTokens(text);
  }

  sum(depth: number, level: number): MathNode {
    let left = this.#factor(depth);
    for (;;) {
      const token = this.#tokens[this.#at];
      const binds = token?.kind === "sign" ? levels[token.text] : undefined;
      if (token?.kind !== "sign" || binds === undefined || binds < level) return left;
      this.#at++;
      // A power is taken of what follows it first.
      const right = this.sum(depth + 1, token.text === "^" ? binds : binds + 1);
      left = { kind: "binary", sign: token.text, left, right };
    }
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw this.#unexpected();
  }

  #factor(depth: number): MathNode {
    if (depth > expressionDepthMax) throw mathError(this.#text, "it nests too deep");
    const token = this.#tokens[this.#at++];
    if (token?.kind === "number") return token;
    if (token?.kind === "name") {
      if (!this.#takes("(")) return { kind: "id", id: token.text };
      return { kind: "call", name: token.text, inputs: this.#list(depth, ")") };
    }
    if (token?.text === "-") {
      return { kind: "binary", sign: "-", left: { kind: "number", value: 0 }, right: this.sum(depth + 1, 2) };
    }
    if (token?.text === "[") return { kind: "list", items: this.#list(depth, "]") };
    if (token?.text === "(") {
      const inner = this.sum(depth + 1, 1);
      if (!this.#takes(")")) throw this.#unexpected();
      return inner;
    }
    this.#at--;
    throw this.#unexpected();
  }

  #list(depth: number, end: string): readonly MathNode[] {
    const items: MathNode[] = [];
    if (this.#takes(end)) return items;
    for (;;) {
      items.push(this.sum(depth + 1, 1));
      if (this.#takes(end)) return items;
      if (!this.#takes(",")) throw this.#unexpected();
    }
  }

  #takes(sign: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "sign" || token.text !== sign) return false;
    this.#at++;
    return true;
  }

  #unexpected(): Error {
    const token = this.#tokens[this.#at];
    if (token === undefined) return mathError(this.#text, "it ends too early");
    const shown = token.kind === "number" ? `${token.value}` : token.text;
    return mathError(this.#text, `\`${shown}\` is not expected there`);
  }
}
