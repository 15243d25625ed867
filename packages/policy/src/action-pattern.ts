import { globTest, markWildcards, type TextTest } from "./glob.js";

/**
 * Prepares the entries of `Action` or `NotAction` as a test of lower-case `service:action` names. `*` alone means
 * everything; else the service is taken literally and only the name has wildcards.
 */
export function compileActions(entries: readonly string[]): TextTest {
  if (entries.includes("*")) return () => true;
  const exact = new Set<string>();
  const patterns: TextTest[] = [];
  for (const entry of entries) {
    const lower = entry.toLowerCase();
    const colon = lower.indexOf(":");
    if (colon < 0) continue;
    if (/[*?]/.test(lower.slice(colon + 1))) {
      patterns.push(globTest(lower.slice(0, colon + 1) + markWildcards(lower.slice(colon + 1))));
    } else {
      exact.add(lower);
    }
  }
  if (patterns.length === 0) return (action) => exact.has(action);
  return (action) => exact.has(action) || patterns.some((test) => test(action));
}
