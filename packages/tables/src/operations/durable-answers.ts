import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import type { Storage } from "../storage/storage.js";

/**
 * Operations whose answers tell of nothing that a crash could take back. Those that answer at once have only read, and
 * wait for writes that are on their way to the disk; those that promise an answer wait for their own writes.
 */
export function durableAnswers(storage: Storage, operations: readonly NamedOperation[]): readonly NamedOperation[] {
  return operations.map(({ name, operation }) => ({
    name,
    operation: {
      ...operation,
      handle(input: never, call: CallContext) {
        const answer = operation.handle(input, call);
        return answer instanceof Promise ? answer : storage.whenDurable(answer);
      },
    },
  }));
}
