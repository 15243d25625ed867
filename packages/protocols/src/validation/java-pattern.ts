/**
 * A JavaScript expression for a pattern of the models, which are Java's and matched in full. The `u` flag is taken only
 * where a pattern needs it: several of the others do not compile with it.
 */
export function javaPattern(pattern: string): RegExp {
  const source = `^(?:${pattern.replaceAll("\\p{Print}", "[\\x20-\\x7E]")})$`;
  const unicode = source.includes("\\p{") || /\\u[dD][89abAB]/.test(source);
  // Java's dot stops at line ends like JavaScript's, and its `$` is not used inside the models' patterns.
  return new RegExp(source, unicode ? "u" : "");
}
