import type { PolicyDocument, PrincipalEntry } from "./document.js";
import { policyNodes, principalNodes } from "./structure.js";

/** Every name in the document's `Principal` and `NotPrincipal` elements, in order, each once. */
export function principalsOf(document: PolicyDocument): readonly PrincipalEntry[] {
  const found = new Map<string, PrincipalEntry>();
  for (const { principals } of document.statements) {
    for (const entry of principals?.entries ?? []) found.set(`${entry.type} ${entry.value}`, entry);
  }
  return [...found.values()];
}

/**
 * The policy text with names in `Principal` and `NotPrincipal` elements replaced, everything else byte for byte as it
 * was: for saving user and role ARNs as unique ids and for showing them as ARNs again.
 *
 * @param replace gives the new name, or undefined to leave it. It is not asked about the bare element `"*"`.
 * @throws PolicyGrammarError when the text is not a policy.
 */
export function replacePrincipals(text: string, replace: (entry: PrincipalEntry) => string | undefined): string {
  const edits: { readonly start: number; readonly end: number; readonly value: string }[] = [];
  for (const statement of policyNodes(text).statements) {
    if (statement.type !== "object") continue;
    for (const name of ["Principal", "NotPrincipal"]) {
      const element = statement.members.get(name);
      if (element === undefined || element.type === "string") continue;
      for (const { type, node } of principalNodes(element)) {
        const value = replace({ type, value: node.value });
        if (value !== undefined && value !== node.value) edits.push({ start: node.start, end: node.end, value });
      }
    }
  }
  let result = "";
  let at = 0;
  for (const edit of edits.sort((a, b) => a.start - b.start)) {
    result += text.slice(at, edit.start) + JSON.stringify(edit.value);
    at = edit.end;
  }
  return result + text.slice(at);
}
