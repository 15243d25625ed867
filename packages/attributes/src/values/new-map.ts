import type { AttributeValue } from "../value.js";

function Bare(): void {}
// Not `Object.create(null)` for each map: V8 keeps such objects as hash tables, which are slow to fill and to print.
Bare.prototype = Object.freeze(Object.create(null));

/** An empty map to be filled. It inherits nothing, so that `__proto__` and `constructor` are names like all others. */
export const NewMap = Bare as unknown as new () => Record<string, AttributeValue>;
