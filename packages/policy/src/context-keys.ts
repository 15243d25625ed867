import type { PolicyDocument } from "./document.js";
import { variablesOf } from "./template.js";

/**
 * The condition keys that a policy can ask for, in conditions and in variables, as first written there; each once
 * whatever the letter case, sorted.
 */
export function contextKeysOf(document: PolicyDocument): readonly string[] {
  const byLowerName = new Map<string, string>();
  const add = (key: string) => {
    const lower = key.toLowerCase();
    if (!byLowerName.has(lower)) byLowerName.set(lower, key);
  };
  for (const { resources, conditions } of document.statements) {
    const texts = [...(resources?.entries ?? []), ...conditions.flatMap(({ values }) => values)];
    for (const { key } of conditions) add(key);
    if (document.version === "2012-10-17") for (const text of texts) variablesOf(text).forEach(add);
  }
  return [...byLowerName.values()].sort();
}
