import { mathError } from "./math-error.js";

/** A piece of a metric math expression. */
export type MathToken =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "sign"; readonly text: string };

const pattern = /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z][A-Za-z0-9_]*)|([-+*/^(),[\]]))/y;

/** @throws AwsError `ValidationException` */
export function mathTokens(text: string): readonly MathToken[] {
  const tokens: MathToken[] = [];
  const end = text.trimEnd().length;
  pattern.lastIndex = 0;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const found = pattern.exec(text);
    if (found === null) throw mathError(text, `\`${text.slice(at).trim().charAt(0)}\` cannot be understood`);
    const [, number, name, sign] = found;
    if (number !== undefined) tokens.push({ kind: "number", value: Number(number) });
    else if (name !== undefined) tokens.push({ kind: "name", text: name });
    else tokens.push({ kind: "sign", text: sign! });
  }
  return tokens;
}
