import { hasMarks, markWildcards } from "./glob.js";
import { type ContextKey, contextKey, type RequestView, UNKNOWN } from "./request-view.js";

interface Variable {
  readonly key: ContextKey;
  readonly fallback: string | undefined;
}

/** A policy text prepared for use: fixed, or with variables that each request fills in. */
export type Template =
  | { readonly fixed: string }
  | { readonly fixed: undefined; readonly parts: readonly (string | Variable)[] };

// `${*}`, `${?}`, `${$}`, `${key}` and `${key, 'default'}`; anything else in `${…}` is plain text.
const VARIABLE = /\$\{(?:([*?$])|([^{}',*?$]+)(?:, '([^'}]*)')?)\}/g;

/** The keys of the variables in a policy text, as written. */
export function variablesOf(text: string): readonly string[] {
  return [...text.matchAll(VARIABLE)].flatMap((found) => (found[2] === undefined ? [] : [found[2].trim()]));
}

/**
 * Prepares a policy text.
 *
 * @param options.variables whether `${…}` means anything (only in the newer policy version).
 * @param options.wildcards whether `*` and `?` are wildcards here; if so they come out as marks.
 */
export function compileTemplate(
  text: string,
  options: { readonly variables: boolean; readonly wildcards: boolean },
): Template {
  const plain = options.wildcards ? markWildcards : (part: string) => part;
  if (!options.variables || !text.includes("${")) return { fixed: plain(text) };
  const parts: (string | Variable)[] = [];
  let literal = "";
  let at = 0;
  for (const found of text.matchAll(VARIABLE)) {
    literal += plain(text.slice(at, found.index));
    at = found.index + found[0].length;
    if (found[1] !== undefined) {
      literal += found[1];
      continue;
    }
    if (literal !== "") parts.push(literal);
    literal = "";
    parts.push({ key: contextKey(found[2]!.trim()), fallback: found[3] });
  }
  literal += plain(text.slice(at));
  if (parts.length === 0) return { fixed: literal };
  if (literal !== "") parts.push(literal);
  return { fixed: undefined, parts };
}

/**
 * The text for one request: undefined when a variable has no single value and no default, {@link UNKNOWN} when one
 * is not known. Values are taken literally: an asterisk in them is no wildcard.
 */
export function resolveTemplate(template: Template, view: RequestView): string | undefined | typeof UNKNOWN {
  if (template.fixed !== undefined) return template.fixed;
  let text = "";
  for (const part of template.parts) {
    if (typeof part === "string") {
      text += part;
      continue;
    }
    const value = view.lookUp(part.key);
    if (value === UNKNOWN) return UNKNOWN;
    if (typeof value === "string") {
      if (hasMarks(value)) return undefined;
      text += value;
    } else if (value === undefined && part.fallback !== undefined) {
      text += part.fallback;
    } else {
      return undefined;
    }
  }
  return text;
}
