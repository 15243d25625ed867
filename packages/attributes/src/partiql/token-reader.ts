import type { AwsError } from "@hotkeep/core";
import { invalid } from "../errors.js";
import { notWellFormed } from "./complaints.js";
import { type Token, tokenize } from "./tokens.js";

const signNames: Readonly<Record<string, string>> = {
  "(": "LEFT_PAREN",
  ")": "RIGHT_PAREN",
  "]": "RIGHT_BRACKET",
  "}": "RIGHT_CURLY",
  ">>": "RIGHT_DOUBLE_ANGLE_BRACKET",
  ":": "COLON",
};

/** Reads a statement's tokens one after the other. */
export class TokenReader {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #parameters = 0;
  #late: string | undefined;

  constructor(text: string) {
    this.text = text;
    this.#tokens = tokenize(text);
  }

  get next(): Token {
    return this.#tokens[this.#at]!;
  }

  /** Steps over the next token; the end stays. */
  take(): Token {
    const token = this.next;
    if (token.kind !== "end") this.#at++;
    return token;
  }

  /** Whether the next token is this keyword or sign; `ahead` looks that many tokens further. */
  sees(text: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead];
    return token !== undefined && (token.kind === "keyword" || token.kind === "sign") && token.text === text;
  }

  /** Steps over the next token if it is this keyword or sign. */
  skip(text: string): boolean {
    if (!this.sees(text)) return false;
    this.#at++;
    return true;
  }

  /** Steps over the next token, which must be this keyword or sign. */
  expect(text: string): Token {
    if (!this.sees(text)) throw notWellFormed(`Expected ${signNames[text] ?? text.toUpperCase()}`);
    return this.take();
  }

  /** The number of the next `?`. */
  parameter(): number {
    return this.#parameters++;
  }

  /** Whether nothing follows but a semicolon. */
  get isOver(): boolean {
    return this.next.kind === "end" || this.sees(";");
  }

  /** Notes a complaint about meaning, which waits until the whole text has turned out well formed. */
  complainLater(message: string): void {
    this.#late ??= message;
  }

  /** Ends the text. @throws AwsError for what is left, then for what was noted */
  finish(): void {
    if (this.skip(";") && this.next.kind !== "end") {
      throw notWellFormed("Unexpected token after semicolon. (Only one query is allowed.)");
    }
    if (this.next.kind !== "end") throw notWellFormed("Unexpected token after expression");
    if (this.#late !== undefined) throw invalid(this.#late);
  }

  /** The complaint about a token that begins no expression. */
  unexpected(): AwsError {
    const { kind } = this.next;
    if (kind === "keyword") return notWellFormed("Unexpected keyword");
    return notWellFormed(
      kind === "sign" && /^[=<>+\-*/%|!@]/.test(this.next.text) && !["<<", ">>"].includes(this.next.text)
        ? "Unexpected operator"
        : "Unexpected term",
    );
  }
}
