import type { PolicyDocument } from "./document.js";
import { type CompiledStatement, compileStatement } from "./statement.js";
import type { PolicySource } from "./types.js";

/** A policy made ready for decisions; immutable, to be shared by all requests. */
export interface CompiledPolicy {
  readonly source: PolicySource;
  readonly document: PolicyDocument;
  /** The engine's own form of the statements, in the document's order. */
  readonly statements: readonly CompiledStatement[];
}

/**
 * Prepares a policy that passed its grammar. Do it once a policy, not once a request.
 *
 * @throws PolicyGrammarError when a condition operator does not exist.
 */
export function compilePolicy(document: PolicyDocument, source: PolicySource): CompiledPolicy {
  return {
    source,
    document,
    statements: document.statements.map((statement, index) =>
      compileStatement(statement, index, source, document.version),
    ),
  };
}
