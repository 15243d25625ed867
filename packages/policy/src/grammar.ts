import type { PolicyDocument } from "./document.js";
import { PolicyGrammarError } from "./grammar-error.js";
import type { PolicyKind } from "./types.js";

/**
 * Reads a policy text and holds it to the grammar of its kind.
 *
 * @throws PolicyGrammarError with the text of IAM's MalformedPolicyDocument error for the first rule that is broken.
 */
export function parsePolicy(_text: string, _kind: PolicyKind): PolicyDocument {
  throw new PolicyGrammarError("Syntax errors in policy.");
}
