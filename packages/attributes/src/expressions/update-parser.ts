import type { ActionSyntax, PathSyntax, SetSyntax, UpdateSyntax, ValueSyntax } from "./syntax.js";
import { TokenStream } from "./token-stream.js";

/**
 * Parses an update expression's text.
 * @throws AwsError ValidationException
 */
export function parseUpdateSyntax(text: string): UpdateSyntax {
  const stream = new TokenStream("UpdateExpression", text);
  const actions: ActionSyntax[] = [];
  const sections = new Set<string>();
  let repeatedSection: string | undefined;
  do {
    const section = stream.next;
    if (section !== "set" && section !== "remove" && section !== "add" && section !== "delete") {
      throw stream.syntaxError();
    }
    stream.take();
    if (sections.has(section)) repeatedSection ??= section.toUpperCase();
    sections.add(section);
    do actions.push(parseAction(stream, section));
    while (stream.skip(","));
  } while (stream.next !== "end");
  stream.finish();
  return { actions, repeatedSection };
}

function parseAction(stream: TokenStream, section: "set" | "remove" | "add" | "delete"): ActionSyntax {
  const path = stream.path();
  switch (section) {
    case "set":
      stream.expect("=");
      return { kind: "set", path, value: parseSetValue(stream) };
    case "remove":
      return { kind: "remove", path };
    case "add":
    case "delete":
      return { kind: section, path, value: parseValue(stream) };
  }
}

function parseValue(stream: TokenStream): ValueSyntax {
  return { kind: "value", placeholder: stream.expect(":") };
}

/** `operand`, `operand + operand` or `operand - operand`, each operand and the whole possibly in parentheses. */
function parseSetValue(stream: TokenStream): SetSyntax {
  let open = 0;
  while (stream.skip("(")) open++;
  const left = stream.bareOperand();
  let closed = 0;
  for (; open > 0 && stream.skip(")"); open--) closed++;
  if (closed > 1) stream.noteRedundantParentheses();
  const operator = stream.next;
  if (operator !== "+" && operator !== "-") {
    if (open > 0) throw stream.syntaxError();
    return left;
  }
  stream.countOperator();
  stream.take();
  const right = stream.operand();
  if (open > 1) stream.noteRedundantParentheses();
  for (; open > 0; open--) stream.expect(")");
  return { kind: operator, left, right };
}

/**
 * Parses a projection expression's text.
 * @throws AwsError ValidationException
 */
export function parseProjectionSyntax(text: string): readonly PathSyntax[] {
  const stream = new TokenStream("ProjectionExpression", text);
  const paths = [stream.path()];
  while (stream.skip(",")) paths.push(stream.path());
  stream.finish();
  return paths;
}
