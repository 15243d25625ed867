import { arnParts, canonicalArn } from "./arn-text.js";
import { ANY_RUN, globTest, hasMarks, markWildcards } from "./glob.js";
import { type RequestView, UNKNOWN } from "./request-view.js";
import { compileTemplate, resolveTemplate } from "./template.js";
import { MAYBE, NO, type Tri, tri, YES } from "./tri.js";

/** Says whether the request's resource is one of those that a `Resource` entry means. */
export type ResourceTest = (view: RequestView) => Tri;

const never: ResourceTest = () => NO;

/**
 * Tests the request's ARN against a canonical, marked pattern, part by part: a wildcard does not cross the first five
 * colons.
 */
function arnPatternTest(pattern: string): (view: RequestView) => boolean {
  const parts = arnParts(pattern);
  if (!parts.slice(0, 5).some(hasMarks)) {
    // Without wildcards in its head the pattern is a plain text, so parts need not be looked at one by one.
    const test = globTest(pattern);
    return ({ resource }) => resource !== undefined && test(resource);
  }
  const tests = parts.flatMap((part, place) => (part === ANY_RUN ? [] : [{ place, test: globTest(part) }]));
  return (view) => view.resource !== undefined && tests.every(({ place, test }) => test(view.resourceParts[place]!));
}

/** Cuts at the first five colons; fewer parts are filled up with `*` where `pad` says so (observed, not documented). */
function sixParts(text: string, pad: boolean): string[] | undefined {
  const parts = text.split(":");
  if (parts.length < 6) {
    if (!pad) return undefined;
    return [...parts, ...Array<string>(6 - parts.length).fill("*")];
  }
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/**
 * Prepares one entry of `Resource` or `NotResource`.
 *
 * @param options.variables whether the policy's version knows variables; they stand only in the sixth part.
 * @param options.pad whether a pattern with fewer than six parts means everything below it.
 */
export function compileResource(
  text: string,
  options: { readonly variables: boolean; readonly pad: boolean },
): ResourceTest {
  if (text === "*") return () => YES;
  const parts = sixParts(text, options.pad);
  if (parts === undefined) return never;
  const head = markWildcards(`${parts.slice(0, 5).join(":")}:`);
  const template = compileTemplate(parts[5]!, { variables: options.variables, wildcards: true });
  if (template.fixed !== undefined) {
    const pattern = canonicalArn(head + template.fixed);
    if (pattern === undefined) return never;
    const test = arnPatternTest(pattern);
    return (view) => {
      // Policies and requests mostly spell an ARN alike.
      return view.request.resource === text ? YES : tri(test(view));
    };
  }
  const anywhere = canonicalArn(head + ANY_RUN);
  if (anywhere === undefined) return never;
  const headTest = arnPatternTest(anywhere);
  return (view) => {
    if (!headTest(view)) return NO;
    const filled = resolveTemplate(template, view);
    if (filled === UNKNOWN) return MAYBE;
    if (filled === undefined) return NO;
    const pattern = canonicalArn(head + filled);
    return tri(pattern !== undefined && arnPatternTest(pattern)(view));
  };
}
