import type { Row } from "./rows.js";

/** A row as it was written lately. */
export interface RecentRow {
  /** The key's bytes as Latin-1 text, whose order is that of the bytes. */
  readonly text: string;
  /** Where the value is, since the row is in the journal a part of its entry: one buffer for all rows of a commit. */
  bytes: Buffer | undefined;
  at: number;
  end: number;
}

/** A row that now has this value, or none. */
export function recentRow(text: string, value: Buffer | undefined): RecentRow {
  return { text, bytes: value, at: 0, end: value?.length ?? 0 };
}

/** The value; undefined for a row that was removed. */
export function recentValue({ bytes, at, end }: RecentRow): Buffer | undefined {
  return bytes?.subarray(at, end);
}

/** The key as text that {@link RecentRows} know it by. */
export function textOf(key: Buffer): string {
  return key.toString("latin1");
}

/** The key that {@link textOf} made a text of. */
export function recentKey({ text }: RecentRow): Buffer {
  return Buffer.from(text, "latin1");
}

/** Rows of one space that are not in its tree yet, by key. */
export class RecentRows {
  readonly #rows = new Map<string, RecentRow>();
  /** Keys in order, some of rows that have gone, and those that have come since somebody wanted the order. */
  #sorted: readonly string[] = [];
  #unsorted: string[] = [];

  get size(): number {
    return this.#rows.size;
  }

  get(text: string): RecentRow | undefined {
    return this.#rows.get(text);
  }

  set(row: RecentRow): void {
    const { text } = row;
    if (!this.#rows.has(text)) this.#unsorted.push(text);
    this.#rows.set(text, row);
  }

  /** Removes a row, unless another has taken its place. */
  delete(row: RecentRow): void {
    if (this.#rows.get(row.text) === row) this.#rows.delete(row.text);
  }

  /** All of them, in no order. */
  all(): Iterable<RecentRow> {
    return this.#rows.values();
  }

  /** Puts what another has in the place of what is here. */
  take(later: RecentRows): void {
    for (const row of later.#rows.values()) this.set(row);
  }

  clear(): void {
    this.#rows.clear();
    this.#sorted = [];
    this.#unsorted = [];
  }

  /** Those with `from` <= key < `to`, in order. */
  between(from: string, to: string): RecentRow[] {
    if (this.#rows.size === 0) return [];
    const sorted = this.#inOrder();
    const found: RecentRow[] = [];
    for (let at = firstFrom(sorted, from); at < sorted.length && sorted[at]! < to; at++) {
      const row = this.#rows.get(sorted[at]!);
      if (row !== undefined) found.push(row);
    }
    return found;
  }

  /** All of them, in order. */
  inOrder(): RecentRow[] {
    return this.#inOrder().flatMap((text) => this.#rows.get(text) ?? []);
  }

  /** A copy that stays as it is. */
  copy(): RecentRows {
    const copy = new RecentRows();
    copy.take(this);
    return copy;
  }

  #inOrder(): readonly string[] {
    if (this.#unsorted.length > 0) {
      // The sort finds the part that is in order and merges the rest into it.
      const texts = [...this.#sorted, ...this.#unsorted.sort()].sort();
      this.#sorted = texts.filter((text, at) => text !== texts[at - 1] && this.#rows.has(text));
      this.#unsorted = [];
    }
    return this.#sorted;
  }
}

/** The place of the first text that is not below `from`. */
function firstFrom(sorted: readonly string[], from: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Stored rows with recent ones in their places; all in order, or all from the high end down. */
export function* overlaid(
  stored: Iterable<Row>,
  recent: readonly RecentRow[],
  reverse: boolean,
): Generator<Row, void, undefined> {
  let next = 0;
  for (const row of stored) {
    const text = textOf(row.key);
    while (next < recent.length && (reverse ? recent[next]!.text > text : recent[next]!.text < text)) {
      yield* shown(recent[next++]!);
    }
    if (recent[next]?.text === text) yield* shown(recent[next++]!);
    else yield row;
  }
  while (next < recent.length) yield* shown(recent[next++]!);
}

function* shown(recent: RecentRow): Generator<Row, void, undefined> {
  const value = recentValue(recent);
  if (value !== undefined) yield { key: recentKey(recent), value };
}
