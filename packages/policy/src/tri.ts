/** Truth in three values: what is known to be false, known to be true, or hangs on a key that is not known. */
export type Tri = 0 | 1 | 2;

export const NO = 0;
export const YES = 1;
export const MAYBE = 2;

export function tri(value: boolean): Tri {
  return value ? YES : NO;
}

export function not(value: Tri): Tri {
  return value === MAYBE ? MAYBE : value === YES ? NO : YES;
}

export function and(a: Tri, b: Tri): Tri {
  if (a === NO || b === NO) return NO;
  return a === MAYBE || b === MAYBE ? MAYBE : YES;
}

export function or(a: Tri, b: Tri): Tri {
  if (a === YES || b === YES) return YES;
  return a === MAYBE || b === MAYBE ? MAYBE : NO;
}
