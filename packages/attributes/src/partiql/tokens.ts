import { notWellFormed, type Span } from "./complaints.js";
import { isKeyword } from "./keywords.js";

/** What a token is; `quoted` is a name in double quotes, `ion` text in backquotes. */
export type TokenKind = "name" | "quoted" | "keyword" | "string" | "number" | "ion" | "sign" | "end";

/** A word or sign of a statement. */
export interface Token extends Span {
  readonly kind: TokenKind;
  /** A name as written, a keyword in lower case, a string without its quotes, a sign or number as written. */
  readonly text: string;
}

const gap = /(?:\s|--[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const name = /[A-Za-z_$][A-Za-z0-9_$]*/y;
const digits = /(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
const quotation = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`/y;
const sign = /<<|>>|<=|>=|<>|!=|\|\||[=<>+\-*/%@.,()[\]{}:;?](?!=)|[.,()[\]{}:;?]/y;
const startOfName = /[A-Za-z0-9_$]/;

/**
 * Splits a statement into tokens, without comments; the last one is `end`.
 * @throws AwsError ValidationException for an open quotation or comment, a broken number and unknown signs
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = skip(gap, text, 0);
  while (at < text.length) {
    const token = readToken(text, at);
    tokens.push(token);
    at = skip(gap, text, token.end);
  }
  tokens.push({ kind: "end", text: "", start: text.length, end: text.length });
  return tokens;
}

function readToken(text: string, start: number): Token {
  let end = skip(name, text, start);
  if (end > start) return word(text.slice(start, end), start, end);
  end = skip(digits, text, start);
  if (end > start) {
    if (startOfName.test(text.charAt(end))) throw notWellFormed();
    return { kind: "number", text: text.slice(start, end), start, end };
  }
  end = skip(quotation, text, start);
  if (end > start) return quoted(text.slice(start, end), start, end);
  // `/*` here has no end, or it would have been skipped.
  if (text.startsWith("/*", start)) throw notWellFormed();
  end = skip(sign, text, start);
  if (end === start) throw notWellFormed();
  return { kind: "sign", text: text.slice(start, end), start, end };
}

function word(text: string, start: number, end: number): Token {
  const lower = text.toLowerCase();
  return isKeyword(lower) ? { kind: "keyword", text: lower, start, end } : { kind: "name", text, start, end };
}

function quoted(text: string, start: number, end: number): Token {
  const quote = text.charAt(0);
  const inner = text.slice(1, -1);
  if (quote === "`") return { kind: "ion", text: inner, start, end };
  return quote === "'"
    ? { kind: "string", text: inner.replaceAll("''", "'"), start, end }
    : { kind: "quoted", text: inner.replaceAll('""', '"'), start, end };
}

/** Where a match that begins at `at` ends; `at` when there is none. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
