import type { Operation, ServiceHandlers } from "@hotkeep/protocols";
import type { IdentityChange } from "./face.js";

/** Listens to changes; the promise settles, and never rejects, once the change is in force where the listener passed it on. */
export type ChangeListener = (change: IdentityChange) => void | Promise<void>;

/**
 * Who hears of changes, and how far the word has spread. A call that changes what somebody may do is answered only when
 * the change is in force wherever decisions are made, so that a caller who was answered can rely on it.
 */
export class Spreading {
  readonly #listeners = new Set<ChangeListener>();
  readonly #underWay = new Set<Promise<void>>();

  listen(listener: ChangeListener): () => void {
    // Wrapped, so that one function can listen twice.
    const own: ChangeListener = (change) => listener(change);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  tell(change: IdentityChange): void {
    for (const listener of this.#listeners) {
      const told = listener(change);
      if (told === undefined) continue;
      this.#underWay.add(told);
      void told.finally(() => this.#underWay.delete(told));
    }
  }

  /** The same operations, each answered only after every change made until then has spread. */
  afterSpreading(handlers: ServiceHandlers): ServiceHandlers {
    const waiting = (operation: Operation<never, unknown>): Operation<never, unknown> => ({
      ...operation,
      needs: (input, call) => operation.needs(input, call),
      handle: async (input, call, hold) => {
        const output = await operation.handle(input, call, hold);
        if (this.#underWay.size > 0) await Promise.all(this.#underWay);
        return output;
      },
    });
    const operations = handlers.operations.map(({ name, operation }) => ({ name, operation: waiting(operation) }));
    return { service: handlers.service, operations };
  }
}
