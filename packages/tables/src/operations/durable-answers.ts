import type { AnswerHold, CallContext, NamedOperation } from "@hotkeep/protocols";
import type { Storage } from "../storage/storage.js";

/**
 * Operations whose answers tell of nothing that a crash could take back. Those that answer at once have only read, and
 * are held until the writes that are on their way to the disk are there; those that promise an answer see to their own.
 */
export function durableAnswers(storage: Storage, operations: readonly NamedOperation[]): readonly NamedOperation[] {
  return operations.map(({ name, operation }) => ({
    name,
    operation: {
      ...operation,
      handle(input: never, call: CallContext, hold: AnswerHold) {
        const answer = operation.handle(input, call, hold);
        if (answer instanceof Promise) return answer;
        const { durable } = storage;
        if (durable !== undefined) hold.until(durable);
        return answer;
      },
    },
  }));
}
