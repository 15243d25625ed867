/**
 * What a token is: a keyword or sign stands for itself (keywords in lower case), `name` an attribute name, `#` and `:`
 * placeholders, `index` digits, `end` the end of the text, `bad` a character that begins nothing.
 */
export type TokenType =
  | Keyword
  | "="
  | "<>"
  | "<"
  | "<="
  | ">"
  | ">="
  | "+"
  | "-"
  | "("
  | ")"
  | "["
  | "]"
  | ","
  | "."
  | "name"
  | "#"
  | ":"
  | "index"
  | "end"
  | "bad";

export type Keyword = "and" | "or" | "not" | "in" | "between" | "set" | "add" | "delete" | "remove";

const keywords: ReadonlySet<string> = new Set<Keyword>([
  "and",
  "or",
  "not",
  "in",
  "between",
  "set",
  "add",
  "delete",
  "remove",
]);

/** A token's type and where it stands in the text. */
export interface Token {
  readonly type: TokenType;
  readonly start: number;
  readonly end: number;
}

const whitespace = /[ \t\r\n]*/y;
const word = /[A-Za-z][A-Za-z0-9_]*|[#:][A-Za-z0-9_]+|0|[1-9][0-9]*/y;
const sign = /<>|<=|>=|[=<>+\-()[\],.]/y;

/** Splits an expression's text; the last token is `end`. Never fails: what is no token is a `bad` one. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    whitespace.lastIndex = at;
    whitespace.test(text);
    at = whitespace.lastIndex;
    if (at >= text.length) break;
    const token = readToken(text, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ type: "end", start: text.length, end: text.length });
  return tokens;
}

function readToken(text: string, start: number): Token {
  word.lastIndex = start;
  if (word.test(text)) {
    const end = word.lastIndex;
    return { type: wordType(text, start, end), start, end };
  }
  sign.lastIndex = start;
  if (sign.test(text)) {
    const end = sign.lastIndex;
    return { type: text.slice(start, end) as TokenType, start, end };
  }
  return { type: "bad", start, end: start + String.fromCodePoint(text.codePointAt(start)!).length };
}

function wordType(text: string, start: number, end: number): TokenType {
  const first = text.charCodeAt(start);
  if (first === 35) return "#";
  if (first === 58) return ":";
  if (first < 58) return "index";
  if (end - start > 7) return "name";
  const lower = text.slice(start, end).toLowerCase();
  return keywords.has(lower) ? (lower as Keyword) : "name";
}
