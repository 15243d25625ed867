import { textOf } from "../cache/item-cache.js";

/** Keys followed in one window. A key with more than one in this many of all look-ups is surely among them. */
const countersMax = 256;
/** Length of a window; a report is on the current one and the one before. */
const windowMs = 60_000;

/** One key in a window, with what it is said to have been looked up and how much of that may be another's. */
export interface Counter {
  readonly key: string;
  count: number;
  over: number;
}

interface Window {
  readonly startedAt: number;
  readonly counters: Map<string, Counter>;
  total: number;
}

/** What is known of a span of time. */
export interface HotKeyReport {
  readonly spanMs: number;
  /** Look-ups of all keys. */
  readonly total: number;
  /** Most looked up first; `key` has one character a byte. */
  readonly counters: readonly Readonly<Counter>[];
}

/**
 * The keys that are looked up most, in bounded memory however many there are (the space-saving sketch: a new key takes
 * the place of the least, and inherits its count as doubt). Counts are weighed, because only samples come here.
 */
export class HotKeys {
  #current: Window | undefined;
  #before: Window | undefined;

  /** A sample of a key that stands for `weight` look-ups; `now` is monotonic. */
  add(itemKey: Uint8Array, weight: number, now: number): void {
    const { counters } = this.#windowAt(now);
    this.#current!.total += weight;
    const key = textOf(itemKey);
    const known = counters.get(key);
    if (known !== undefined) {
      known.count += weight;
      return;
    }
    let over = 0;
    if (counters.size >= countersMax) {
      let least: Counter | undefined;
      for (const counter of counters.values()) if (least === undefined || counter.count < least.count) least = counter;
      over = least!.count;
      counters.delete(least!.key);
    }
    counters.set(key, { key, count: over + weight, over });
  }

  /** The last one to two minutes. */
  report(now: number): HotKeyReport {
    const current = this.#windowAt(now);
    const windows = this.#before === undefined ? [current] : [this.#before, current];
    const merged = new Map<string, Counter>();
    for (const { counters } of windows) {
      for (const { key, count, over } of counters.values()) {
        const known = merged.get(key);
        if (known === undefined) merged.set(key, { key, count, over });
        else {
          known.count += count;
          known.over += over;
        }
      }
    }
    return {
      spanMs: Math.max(1, now - windows[0]!.startedAt),
      total: windows.reduce((sum, { total }) => sum + total, 0),
      // What is surely a key's own decides, so that doubt does not lift anything.
      counters: [...merged.values()].sort((a, b) => b.count - b.over - (a.count - a.over)),
    };
  }

  #windowAt(now: number): Window {
    const current = this.#current;
    if (current !== undefined && now < current.startedAt + windowMs) return current;
    this.#before = current !== undefined && now < current.startedAt + 2 * windowMs ? current : undefined;
    const fresh = { startedAt: now, counters: new Map<string, Counter>(), total: 0 };
    this.#current = fresh;
    return fresh;
  }
}
