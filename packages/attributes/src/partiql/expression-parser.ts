import { partiqlNestingMax } from "../limits.js";
import { notWellFormed, type Span } from "./complaints.js";
import { typeNamed } from "./keywords.js";
import type { Expression, PathExpression } from "./syntax.js";
import type { TokenReader } from "./token-reader.js";
import type { Token } from "./tokens.js";

/** How tightly operators bind. */
const tightness: ReadonlyMap<string, number> = new Map([
  ["or", 1],
  ["and", 2],
  ...["=", "<>", "!=", "is", "in"].map((sign) => [sign, 4] as const),
  ...["<", "<=", ">", ">=", "between", "like"].map((sign) => [sign, 5] as const),
  ...["+", "-", "||"].map((sign) => [sign, 6] as const),
  ...["*", "/", "%"].map((sign) => [sign, 7] as const),
]);
const notTightness = 3;
const negatable: readonly string[] = ["in", "between", "like"];
/** Keywords that name functions here or elsewhere. */
const functionWords: ReadonlySet<string> = new Set(
  "size exists count avg max min sum lower upper coalesce nullif char_length character_length".split(" "),
);

/** Reads expressions by the strength of their operators. */
export class ExpressionParser {
  readonly #reader: TokenReader;
  #depth = 0;

  constructor(reader: TokenReader) {
    this.#reader = reader;
  }

  /** Reads operands and all operators between them that bind more tightly than `above`. */
  expression(above = 0): Expression {
    let left = this.#nested(() => this.#prefixed());
    for (;;) {
      const negated = this.#reader.sees("not") && negatable.some((word) => this.#reader.sees(word, 1));
      const operator = negated ? this.#ahead() : this.#infix();
      if (operator === undefined || tightness.get(operator)! <= above) return left;
      const not = negated ? this.#reader.take() : undefined;
      left = this.#continued(left, this.#reader.take());
      if (not !== undefined) left = operatorOf(not, "not", [left]);
    }
  }

  #infix(): string | undefined {
    const { kind, text } = this.#reader.next;
    return (kind === "sign" || kind === "keyword") && tightness.has(text) ? text : undefined;
  }

  #ahead(): string {
    return negatable.find((word) => this.#reader.sees(word, 1))!;
  }

  #continued(left: Expression, operator: Token): Expression {
    const bound = tightness.get(operator.text)!;
    if (operator.text === "is") return this.#typeTest(left, operator);
    if (this.#reader.next.kind === "end") {
      throw notWellFormed("Missing right-hand side expression of infix operator");
    }
    if (operator.text === "in" && this.#reader.sees("(") && !this.#reader.sees("select", 1)) {
      return operatorOf(operator, "in", [left, this.#list("list", ")")]);
    }
    const right = this.expression(bound);
    if (operator.text === "between") {
      this.#reader.expect("and");
      if (this.#reader.isOver) throw notWellFormed("Expected expression after AND");
      return operatorOf(operator, "between", [left, right, this.expression(bound)]);
    }
    return operatorOf(operator, operator.text === "!=" ? "<>" : operator.text, [left, right]);
  }

  #typeTest(operand: Expression, is: Token): Expression {
    const not = this.#reader.sees("not") ? this.#reader.take() : undefined;
    const { kind, text } = this.#reader.take();
    const type = kind === "keyword" ? typeNamed(text) : undefined;
    if (type === undefined) throw notWellFormed("Expected type name");
    const test: Expression = { kind: "is", operand, type, start: is.start, end: is.end };
    return not === undefined ? test : operatorOf(not, "not", [test]);
  }

  #prefixed(): Expression {
    const { next } = this.#reader;
    if (this.#reader.skip("not")) return operatorOf(next, "not", [this.expression(notTightness)]);
    if (!this.#reader.sees("+") && !this.#reader.sees("-")) return this.#term();
    this.#reader.take();
    const operand = this.#nested(() => this.#prefixed());
    if (operand.kind !== "number") return operatorOf(next, next.text, [operand]);
    if (next.text === "+") return operand;
    const text = operand.text.startsWith("-") ? operand.text.slice(1) : `-${operand.text}`;
    return { ...operand, text };
  }

  #term(): Expression {
    const token = this.#reader.next;
    const { kind, text, start, end } = token;
    switch (kind) {
      case "string":
      case "number":
        this.#reader.take();
        return { kind, text, start, end };
      case "ion":
        this.#reader.take();
        return { kind, start, end };
      case "name":
      case "quoted":
        return this.#reader.sees("(", 1) ? this.#call() : this.path();
      case "keyword":
        return this.#keyword(token);
      case "sign":
        return this.#sign(token);
      case "end":
        throw this.#reader.unexpected();
    }
  }

  #keyword({ text, start, end }: Token): Expression {
    if (text === "null" || text === "missing") {
      this.#reader.take();
      return { kind: text, start, end };
    }
    if (text === "true" || text === "false") {
      this.#reader.take();
      return { kind: "boolean", value: text === "true", start, end };
    }
    if (functionWords.has(text) && this.#reader.sees("(", 1)) return this.#call();
    throw this.#reader.unexpected();
  }

  #sign(token: Token): Expression {
    const { text, start, end } = token;
    switch (text) {
      case "?":
        this.#reader.take();
        return { kind: "parameter", index: this.#reader.parameter(), start, end };
      case "@":
        // Names a variable of the statement itself, which attributes are.
        this.#reader.take();
        return this.path();
      case "(":
        return this.#group();
      case "[":
        return this.#list("list", "]");
      case "<<":
        return this.#list("bag", ">>");
      case "{":
        return this.#tuple();
      default:
        throw this.#reader.unexpected();
    }
  }

  /** One expression in parentheses, or a list. */
  #group(): Expression {
    if (this.#reader.sees("select", 1)) {
      this.#reader.take();
      return this.#subquery();
    }
    const group = this.#list("list", ")");
    const elements = group.kind === "list" ? group.elements : [];
    if (elements.length === 0) throw notWellFormed("Expression group cannot be empty");
    return elements.length === 1 ? elements[0]! : group;
  }

  #list(kind: "list" | "bag", close: string): Expression {
    const { start, end } = this.#reader.take();
    const elements: Expression[] = [];
    if (!this.#reader.skip(close)) {
      do elements.push(this.expression());
      while (this.#reader.skip(","));
      this.#reader.expect(close);
    }
    return { kind, elements, start, end };
  }

  #tuple(): Expression {
    const { start, end } = this.#reader.take();
    const entries: (readonly [Expression, Expression])[] = [];
    if (!this.#reader.skip("}")) {
      do {
        const key = this.expression();
        this.#reader.expect(":");
        entries.push([key, this.expression()]);
      } while (this.#reader.skip(","));
      this.#reader.expect("}");
    }
    return { kind: "tuple", entries, start, end };
  }

  #call(): Expression {
    const { text, start, end } = this.#reader.take();
    this.#reader.expect("(");
    if (this.#reader.sees("select")) return this.#subquery();
    const operands: Expression[] = [];
    if (this.#reader.skip("*")) {
      operands.push({ kind: "unsupported", word: "*", start, end });
      this.#reader.expect(")");
    } else if (!this.#reader.skip(")")) {
      do operands.push(this.expression());
      while (this.#reader.skip(","));
      this.#reader.expect(")");
    }
    return { kind: "call", name: text, operands, start, end };
  }

  /** Steps over a SELECT in a parenthesis that is open. */
  #subquery(): Expression {
    const { start, end } = this.#reader.next;
    for (let open = 1; open > 0; ) {
      if (this.#reader.next.kind === "end") throw notWellFormed("Expected RIGHT_PAREN");
      if (this.#reader.sees("(")) open++;
      if (this.#reader.sees(")")) open--;
      this.#reader.take();
    }
    return { kind: "unsupported", word: "SELECT", start, end };
  }

  /** `name.name[0]."quoted name"` */
  path(): PathExpression {
    const first = this.#reader.next;
    if (first.kind !== "name" && first.kind !== "quoted") throw this.#reader.unexpected();
    this.#reader.take();
    const steps: (string | Expression)[] = [];
    for (;;) {
      if (this.#reader.skip(".")) steps.push(this.#dotted());
      else if (this.#reader.skip("[")) steps.push(this.#bracketed());
      else return { kind: "path", name: first.text, steps, start: first.start, end: first.end };
    }
  }

  #dotted(): string | Expression {
    const { kind, text, start, end } = this.#reader.next;
    if (kind === "name" || kind === "quoted") return this.#reader.take().text;
    if (!this.#reader.skip("*")) throw notWellFormed("Invalid path dot component");
    this.#reader.complainLater("Changing item's hierarchy while reading isn't supported");
    return { kind: "unsupported", word: text, start, end };
  }

  #bracketed(): Expression {
    if (this.#reader.sees("*")) throw notWellFormed("Invalid use of * in select list");
    const step = this.expression();
    this.#reader.expect("]");
    return step;
  }

  /** Counts the levels on the call stack, which a hostile text must not exhaust. */
  #nested<Result>(read: () => Result): Result {
    if (++this.#depth > partiqlNestingMax) throw notWellFormed("Expressions are nested too deeply");
    const result = read();
    this.#depth--;
    return result;
  }
}

function operatorOf({ start, end }: Span, operator: string, operands: readonly Expression[]): Expression {
  return { kind: "operator", operator, operands, start, end };
}
