import type { PolicyDocument } from "./document.js";
import type { PolicySource } from "./types.js";

/** A policy made ready for decisions; immutable, shareable between threads of evaluation. */
export interface CompiledPolicy {
  readonly source: PolicySource;
  readonly document: PolicyDocument;
}

/** Prepares a policy that passed its grammar. Do it once a policy, not once a request. */
export function compilePolicy(document: PolicyDocument, source: PolicySource): CompiledPolicy {
  return { source, document };
}
