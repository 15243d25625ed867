/**
 * Marks for `*` and `?` in prepared patterns. They are code points that no text contains, so that an asterisk which
 * comes from a variable's value, or from `${*}`, stays an asterisk.
 */
export const ANY_RUN = "\ufffe";
export const ANY_ONE = "\uffff";

const WILDCARD = /[*?]/g;
const MARKS = /[\ufffe\uffff]/;

/** Turns the wildcards of a policy text into marks. */
export function markWildcards(text: string): string {
  return text.replace(WILDCARD, (sign) => (sign === "*" ? ANY_RUN : ANY_ONE));
}

/** Whether a prepared pattern has wildcards, or a value holds characters that would pass for them. */
export function hasMarks(text: string): boolean {
  return MARKS.test(text);
}

/** Says whether a whole text matches. */
export type TextTest = (text: string) => boolean;

function matchesAt(text: string, at: number, chunk: string): boolean {
  for (let i = 0; i < chunk.length; i++) {
    const sign = chunk[i];
    if (sign !== ANY_ONE && sign !== text[at + i]) return false;
  }
  return true;
}

function findChunk(text: string, from: number, end: number, chunk: string): number {
  if (!chunk.includes(ANY_ONE)) {
    const at = text.indexOf(chunk, from);
    return at + chunk.length <= end ? at : -1;
  }
  for (let at = from; at + chunk.length <= end; at++) if (matchesAt(text, at, chunk)) return at;
  return -1;
}

/**
 * Prepares a test for a marked pattern. The pattern is cut at its `*`s; the pieces are sought from left to right, each
 * at its first place, which is always right when what lies between may be anything. There is no backtracking, so the
 * time is bounded by the product of the two lengths whatever the pattern.
 */
export function globTest(pattern: string): TextTest {
  if (!hasMarks(pattern)) return (text) => text === pattern;
  if (pattern === ANY_RUN) return () => true;
  const chunks = pattern.split(ANY_RUN);
  const first = chunks[0]!;
  if (chunks.length === 1) return (text) => text.length === first.length && matchesAt(text, 0, first);
  const last = chunks[chunks.length - 1]!;
  const middle = chunks.slice(1, -1).filter((chunk) => chunk !== "");
  if (middle.length === 0 && last === "" && !first.includes(ANY_ONE)) return (text) => text.startsWith(first);
  const lengthMin = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  return (text) => {
    if (text.length < lengthMin) return false;
    const end = text.length - last.length;
    if (!matchesAt(text, 0, first) || !matchesAt(text, end, last)) return false;
    let at = first.length;
    for (const chunk of middle) {
      const found = findChunk(text, at, end, chunk);
      if (found < 0) return false;
      at = found + chunk.length;
    }
    return true;
  };
}
