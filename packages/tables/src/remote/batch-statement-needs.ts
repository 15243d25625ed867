import type { KeyFacts } from "../engine.js";
import type { InputOf } from "../operations/operation.js";
import { bindStatement, readStatementParameters } from "../operations/statement.js";
import { statementNeeds } from "../operations/statement-needs.js";
import type { Needs } from "./embedded-needs.js";

/**
 * The permissions of a BatchExecuteStatement. The embedded tables answer a statement that cannot be read with an error of
 * its own; here it refuses the batch, because the endpoint might be able to read it, and nobody would have decided.
 */
export function batchStatementNeeds(facts: KeyFacts): Needs {
  return (input, call) => {
    const { Statements, ReturnConsumedCapacity } = input as InputOf<"BatchExecuteStatement">;
    const surroundings = {
      returnConsumedCapacity: ReturnConsumedCapacity,
      enclosingOperation: "BatchExecuteStatement" as const,
    };
    return Statements.map((given) => {
      const bound = bindStatement(given.Statement, readStatementParameters(given), call);
      return statementNeeds(facts, bound, surroundings);
    });
  };
}
