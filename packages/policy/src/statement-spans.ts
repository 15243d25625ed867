import { PolicyGrammarError } from "./grammar-error.js";
import { policyNodes } from "./structure.js";

/** Where a statement stands in its policy's text, in UTF-16 units; `end` is one past the last. */
export interface StatementSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * The places of a policy's statements, in their order.
 *
 * @throws PolicyGrammarError when the text is not a policy.
 */
export function statementSpans(text: string): readonly StatementSpan[] {
  return policyNodes(text).statements.map((node) => {
    if (node.type !== "object") throw new PolicyGrammarError("Syntax errors in policy.");
    return { start: node.start, end: node.end };
  });
}
