import { PolicyGrammarError } from "./grammar-error.js";

/**
 * A JSON value with what `JSON.parse` throws away and policies need: the text of numbers, the places of strings, and
 * the fact that a key occurred twice.
 */
export type JsonNode =
  | { readonly type: "string"; readonly value: string; readonly start: number; readonly end: number }
  | { readonly type: "number" | "boolean" | "null"; readonly text: string }
  | { readonly type: "array"; readonly items: readonly JsonNode[] }
  | {
      readonly type: "object";
      readonly members: ReadonlyMap<string, JsonNode>;
      readonly start: number;
      readonly end: number;
    };

/** Policies nest five deep; anything far beyond is an attack on the reader's stack. */
const nestingMax = 32;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\r\n]*/y;

/** Characters that Unicode reserves for programs; the matcher uses them as marks, so no policy may hold them. */
const RESERVED = /[\ufffe\uffff]/;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonNode {
    this.#space();
    const node = this.#value(0);
    this.#space();
    if (this.#at !== this.#text.length) throw this.#broken();
    return node;
  }

  #value(depth: number): JsonNode {
    if (depth > nestingMax) throw this.#broken();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string();
      case "t":
      case "f":
      case "n": {
        const text = this.#take(WORD);
        return { type: text === "null" ? "null" : "boolean", text };
      }
      default:
        return { type: "number", text: this.#take(NUMBER) };
    }
  }

  #object(depth: number): JsonNode {
    const members = new Map<string, JsonNode>();
    const start = this.#at++;
    this.#space();
    if (this.#skip("}")) return { type: "object", members, start, end: this.#at };
    do {
      this.#space();
      const { value: key } = this.#string();
      if (members.has(key)) throw this.#broken();
      this.#space();
      if (!this.#skip(":")) throw this.#broken();
      this.#space();
      members.set(key, this.#value(depth + 1));
      this.#space();
    } while (this.#skip(","));
    if (!this.#skip("}")) throw this.#broken();
    return { type: "object", members, start, end: this.#at };
  }

  #array(depth: number): JsonNode {
    const items: JsonNode[] = [];
    this.#at++;
    this.#space();
    if (this.#skip("]")) return { type: "array", items };
    do {
      this.#space();
      items.push(this.#value(depth + 1));
      this.#space();
    } while (this.#skip(","));
    if (!this.#skip("]")) throw this.#broken();
    return { type: "array", items };
  }

  #string(): JsonNode & { readonly type: "string" } {
    const start = this.#at;
    if (!this.#skip('"')) throw this.#broken();
    while (this.#at < this.#text.length && this.#text[this.#at] !== '"') {
      this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
    }
    if (!this.#skip('"')) throw this.#broken();
    const value = this.#unescaped(this.#text.slice(start, this.#at));
    if (RESERVED.test(value)) throw this.#broken();
    return { type: "string", value, start, end: this.#at };
  }

  #unescaped(quoted: string): string {
    try {
      return JSON.parse(quoted) as string;
    } catch {
      throw this.#broken();
    }
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) throw this.#broken();
    this.#at = pattern.lastIndex;
    return found[0];
  }

  #skip(mark: string): boolean {
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    this.#take(SPACE);
  }

  #broken(): PolicyGrammarError {
    return new PolicyGrammarError("Syntax errors in policy.");
  }
}

/**
 * Reads one JSON document.
 *
 * @throws PolicyGrammarError `Syntax errors in policy.` for anything that is not JSON, for a key given twice and for
 * nesting that no policy has.
 */
export function readJson(text: string): JsonNode {
  return new Reader(text).document();
}
