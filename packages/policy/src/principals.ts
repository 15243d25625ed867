import type { PolicyDocument, PrincipalEntry } from "./document.js";

/** Every name in the document's `Principal` and `NotPrincipal` elements, in order, each once. */
export function principalsOf(_document: PolicyDocument): readonly PrincipalEntry[] {
  return [];
}

/**
 * The policy text with names in `Principal` and `NotPrincipal` elements replaced, everything else byte for byte as it
 * was: for saving user and role ARNs as unique ids and for showing them as ARNs again.
 *
 * @param replace gives the new name, or undefined to leave it.
 */
export function replacePrincipals(text: string, _replace: (entry: PrincipalEntry) => string | undefined): string {
  return text;
}
