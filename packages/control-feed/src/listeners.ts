import { HotkeepError } from "@hotkeep/core";

type Listener = (body: unknown) => unknown;

/** Listeners by notice name. */
export class Listeners {
  readonly #byName = new Map<string, Set<Listener>>();

  /** Adds a listener; the answer removes it. */
  add(name: string, listener: Listener): () => void {
    const set = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, set);
    set.add(listener);
    return () => set.delete(listener);
  }

  /**
   * Runs all listeners of `name`, and waits for those that take their time.
   *
   * @throws HotkeepError `FeedUnknownMessage` when nobody listens; else the first listener's error
   */
  tell(name: string, body: unknown): unknown {
    const set = this.#byName.get(name);
    if (set === undefined || set.size === 0) {
      throw new HotkeepError("FeedUnknownMessage", `Nobody listens to \`${name}\` at this end of the control feed.`);
    }
    const results = [...set].map((listener) => listener(body));
    return results.some((result) => result instanceof Promise) ? Promise.all(results) : undefined;
  }
}
