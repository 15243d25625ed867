import type { CallContext } from "@hotkeep/protocols";

/** A request's reading, shared by the two steps of a call. */
export interface Compiler<Input, Compiled> {
  /** Reads a request for `needs` and keeps the reading for the same call's `handle`. */
  forNeeds(input: Input, call: CallContext): Compiled;
  /** The reading that `needs` made, which is forgotten with that, or a new one. */
  forHandle(input: Input, call: CallContext): Compiled;
}

/**
 * Makes a request's reading happen once, though both `needs` and `handle` want it: expressions are parsed before the
 * authorizer is asked, because condition keys name the attributes in them. `needs` always reads anew, so that a local
 * caller may change an input object and use it again.
 */
export function compiledOnce<Input extends object, Compiled>(
  compile: (input: Input, call: CallContext) => Compiled,
): Compiler<Input, Compiled> {
  const kept = new WeakMap<Input, Compiled>();
  return {
    forNeeds(input, call) {
      const compiled = compile(input, call);
      kept.set(input, compiled);
      return compiled;
    },
    forHandle(input, call) {
      const compiled = kept.get(input);
      if (compiled === undefined) return compile(input, call);
      kept.delete(input);
      return compiled;
    },
  };
}
