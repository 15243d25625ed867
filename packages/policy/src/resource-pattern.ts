import { arnParts, canonicalArn } from "./arn-text.js";
import { ANY_RUN, globTest, hasMarks, markWildcards, type TextTest } from "./glob.js";
import { type RequestView, UNKNOWN } from "./request-view.js";
import { compileTemplate, resolveTemplate } from "./template.js";
import { MAYBE, NO, type Tri, tri, YES } from "./tri.js";

/** Says whether the request's resource is one of those that a `Resource` entry means. */
export type ResourceTest = (view: RequestView) => Tri;

const never: ResourceTest = () => NO;

/**
 * Tests canonical ARNs against a canonical, marked pattern, part by part: a wildcard does not cross the first five
 * colons.
 */
function arnPatternTest(pattern: string): TextTest {
  const parts = arnParts(pattern);
  const [head, resource] = [parts.slice(0, 5), parts[5]];
  if (!head.some(hasMarks)) {
    // Without wildcards in its head the pattern is a plain text, so parts need not be looked at one by one.
    return globTest(pattern);
  }
  const tests = [...head, resource].map(globTest);
  return (text) => {
    const actual = arnParts(text);
    return tests.every((test, place) => test(actual[place]!));
  };
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
      if (view.request.resource === text) return YES;
      const { resource } = view;
      return tri(resource !== undefined && test(resource));
    };
  }
  const anywhere = canonicalArn(head + ANY_RUN);
  if (anywhere === undefined) return never;
  const headTest = arnPatternTest(anywhere);
  return (view) => {
    const { resource } = view;
    if (resource === undefined || !headTest(resource)) return NO;
    const filled = resolveTemplate(template, view);
    if (filled === UNKNOWN) return MAYBE;
    if (filled === undefined) return NO;
    const pattern = canonicalArn(head + filled);
    return tri(pattern !== undefined && arnPatternTest(pattern)(resource));
  };
}
