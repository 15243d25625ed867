import type { Comparator } from "../expression.js";
import type { ConditionSyntax, OperandSyntax } from "./syntax.js";
import { type ExpressionKind, TokenStream } from "./token-stream.js";

type Pending = "(" | "not" | "and" | "or";

/** What stands before the next operator: a condition, or an operand that may yet become part of one. */
interface Part {
  readonly node: ConditionSyntax | OperandSyntax;
  /** Whether it stands in parentheses already. */
  readonly parenthesized: boolean;
}

const precedence: Readonly<Record<Pending, number>> = { "(": 0, or: 1, and: 2, not: 3 };

/**
 * Parses a condition's text. Operators and parentheses wait on a list of their own instead of the call stack, so that
 * any nesting the text's size allows costs linear time and no depth.
 * @throws AwsError ValidationException
 */
export function parseConditionSyntax(kind: ExpressionKind, text: string): ConditionSyntax {
  return new ConditionParser(new TokenStream(kind, text)).parse();
}

class ConditionParser {
  readonly #stream: TokenStream;
  readonly #pending: Pending[] = [];
  readonly #parts: Part[] = [];

  constructor(stream: TokenStream) {
    this.#stream = stream;
  }

  parse(): ConditionSyntax {
    do {
      this.#prefixes();
      this.#parts.push({ node: this.#stream.bareOperand(), parenthesized: false });
      this.#closings();
    } while (this.#connective());
    if (this.#stream.next !== "end") throw this.#stream.syntaxError();
    this.#reduce(1);
    // An open parenthesis is left: the text ended too early.
    if (this.#pending.length > 0) throw this.#stream.syntaxError();
    this.#stream.finish();
    return this.#popCondition();
  }

  #prefixes(): void {
    for (;;) {
      if (this.#stream.skip("(")) this.#pending.push("(");
      else if (this.#stream.skip("not")) this.#push("not");
      else return;
    }
  }

  #push(operator: Pending): void {
    this.#stream.countOperator();
    this.#pending.push(operator);
  }

  /** Comparisons of the last part and closing parentheses, in any sensible order. */
  #closings(): void {
    for (;;) {
      this.#comparison();
      if (this.#stream.next !== ")") return;
      this.#closeParenthesis();
    }
  }

  #closeParenthesis(): void {
    const last = this.#parts.at(-1)!;
    // A bare operand can only be wrapped at once: `NOT a)` and `b = c AND a)` are no operands.
    if (isCondition(last.node)) this.#reduce(1);
    if (this.#pending.at(-1) !== "(") throw this.#stream.syntaxError();
    this.#pending.pop();
    this.#stream.take();
    const { node, parenthesized } = this.#parts.pop()!;
    if (parenthesized) this.#stream.noteRedundantParentheses();
    this.#parts.push({ node, parenthesized: true });
  }

  /** Makes a comparison of the last part, if it is an operand and one follows. */
  #comparison(): void {
    const { node } = this.#parts.at(-1)!;
    if (!isOperand(node)) return;
    const condition = this.#comparisonOf(node);
    if (condition === undefined) return;
    this.#parts.pop();
    this.#parts.push({ node: condition, parenthesized: false });
  }

  #comparisonOf(operand: OperandSyntax): ConditionSyntax | undefined {
    const stream = this.#stream;
    switch (stream.next) {
      case "=":
      case "<>":
      case "<":
      case "<=":
      case ">":
      case ">=": {
        stream.countOperator();
        const operator = stream.take() as Comparator;
        return { kind: "compare", operator, left: operand, right: stream.operand() };
      }
      case "between": {
        stream.countOperator();
        stream.take();
        const low = stream.operand();
        stream.expect("and");
        return { kind: "between", operand, low, high: stream.operand() };
      }
      case "in": {
        stream.countOperator();
        stream.take();
        stream.expect("(");
        const list = [stream.operand()];
        while (stream.skip(",")) list.push(stream.operand());
        stream.expect(")");
        return { kind: "in", operand, list };
      }
      default:
        return undefined;
    }
  }

  /** Reads AND or OR; false when there is none. */
  #connective(): boolean {
    if (!isCondition(this.#parts.at(-1)!.node)) throw this.#stream.syntaxError();
    const { next } = this.#stream;
    if (next !== "and" && next !== "or") return false;
    this.#reduce(precedence[next]);
    this.#stream.take();
    this.#push(next);
    return true;
  }

  /** Applies the pending operators that bind at least so tightly. */
  #reduce(tightness: number): void {
    for (;;) {
      const operator = this.#pending.at(-1);
      if (operator === undefined || precedence[operator] < tightness || operator === "(") return;
      this.#pending.pop();
      const right = this.#popCondition();
      const node: ConditionSyntax =
        operator === "not" ? { kind: "not", condition: right } : { kind: operator, left: this.#popCondition(), right };
      this.#parts.push({ node, parenthesized: false });
    }
  }

  #popCondition(): ConditionSyntax {
    return this.#parts.pop()!.node as ConditionSyntax;
  }
}

function isCondition(node: ConditionSyntax | OperandSyntax): node is ConditionSyntax {
  return node.kind !== "path" && node.kind !== "value";
}

function isOperand(node: ConditionSyntax | OperandSyntax): node is OperandSyntax {
  return node.kind === "path" || node.kind === "value" || node.kind === "call";
}
