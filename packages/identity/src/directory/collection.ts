/** Which other values lead to a record: index name to the record's entries in it. */
export type Indexes<T, Index extends string> = Readonly<Record<Index, (record: T) => readonly string[]>>;

/** Records of one table in memory, by key and by other values. */
export class Collection<T, Index extends string = never> {
  readonly #records = new Map<string, T>();
  readonly #definitions: Indexes<T, Index>;
  readonly #indexes = new Map<string, Map<string, Set<string>>>();

  constructor(definitions: Indexes<T, Index>) {
    this.#definitions = definitions;
    for (const name of Object.keys(definitions)) this.#indexes.set(name, new Map());
  }

  get size(): number {
    return this.#records.size;
  }

  get(key: string): T | undefined {
    return this.#records.get(key);
  }

  values(): IterableIterator<T> {
    return this.#records.values();
  }

  /** All records that have `value` in an index. */
  where(index: Index, value: string): readonly T[] {
    const keys = this.#indexes.get(index)?.get(value);
    return keys === undefined ? [] : [...keys].map((key) => this.#records.get(key)!);
  }

  /** The one record, where values of an index are unique. */
  one(index: Index, value: string): T | undefined {
    const keys = this.#indexes.get(index)?.get(value);
    if (keys === undefined) return undefined;
    for (const key of keys) return this.#records.get(key);
    return undefined;
  }

  count(index: Index, value: string): number {
    return this.#indexes.get(index)?.get(value)?.size ?? 0;
  }

  /** Puts a record in place of the one before, or takes it away; returns the one before. */
  set(key: string, record: T | undefined): T | undefined {
    const before = this.#records.get(key);
    if (before !== undefined) this.#unindex(key, before);
    if (record === undefined) {
      this.#records.delete(key);
    } else {
      this.#records.set(key, record);
      this.#index(key, record);
    }
    return before;
  }

  #index(key: string, record: T): void {
    for (const [name, entries] of this.#each(record)) {
      const index = this.#indexes.get(name)!;
      for (const entry of entries) {
        const keys = index.get(entry);
        if (keys === undefined) index.set(entry, new Set([key]));
        else keys.add(key);
      }
    }
  }

  #unindex(key: string, record: T): void {
    for (const [name, entries] of this.#each(record)) {
      const index = this.#indexes.get(name)!;
      for (const entry of entries) {
        const keys = index.get(entry);
        keys?.delete(key);
        if (keys?.size === 0) index.delete(entry);
      }
    }
  }

  #each(record: T): readonly (readonly [string, readonly string[]])[] {
    return Object.entries<(record: T) => readonly string[]>(this.#definitions).map(
      ([name, entriesOf]) => [name, entriesOf(record)] as const,
    );
  }
}
