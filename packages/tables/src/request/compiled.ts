import type { CallContext } from "@hotkeep/protocols";

/**
 * Makes a request's reading happen once, though both `needs` and `handle` want it: expressions are parsed before the
 * authorizer is asked, because condition keys name the attributes in them.
 */
export function compiledOnce<Input extends object, Compiled>(
  compile: (input: Input, call: CallContext) => Compiled,
): (input: Input, call: CallContext) => Compiled {
  const known = new WeakMap<Input, Compiled>();
  return (input, call) => {
    let compiled = known.get(input);
    if (compiled === undefined) {
      compiled = compile(input, call);
      known.set(input, compiled);
    }
    return compiled;
  };
}
