import type { MethodName } from "@hotkeep/dax-wire";

/** `GetItem` for the method `getItem`. */
export function operationName(method: MethodName): string {
  return `${method.charAt(0).toUpperCase()}${method.slice(1)}`;
}
