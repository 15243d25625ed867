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
 * caller may change an input object and use it again. Only the latest reading is kept: `handle` follows its `needs` at
 * once unless somebody waits in between, and then reads again.
 */
export function compiledOnce<Input extends object, Compiled>(
  compile: (input: Input, call: CallContext) => Compiled,
): Compiler<Input, Compiled> {
  let kept: { readonly input: Input; readonly compiled: Compiled } | undefined;
  return {
    forNeeds(input, call) {
      const compiled = compile(input, call);
      kept = { input, compiled };
      return compiled;
    },
    forHandle(input, call) {
      if (kept?.input !== input) return compile(input, call);
      const { compiled } = kept;
      kept = undefined;
      return compiled;
    },
  };
}
