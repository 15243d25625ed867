/**
 * Keeps the most recently used of what was made from texts. Texts that fail are not kept: `make` throws.
 */
export class SyntaxCache<Syntax> {
  readonly #make: (text: string) => Syntax;
  readonly #entriesMax: number;
  #recent = new Map<string, Syntax>();
  #older = new Map<string, Syntax>();

  constructor(make: (text: string) => Syntax, entriesMax: number) {
    this.#make = make;
    this.#entriesMax = entriesMax;
  }

  /** What `make` makes of this text. */
  get(text: string): Syntax {
    return this.#recent.get(text) ?? this.#revive(text);
  }

  // Two generations instead of a list by time of use: a hit changes nothing, so that it costs one lookup. An entry not
  // used while half the cache is refilled is dropped.
  #revive(text: string): Syntax {
    const syntax = this.#older.get(text) ?? this.#make(text);
    if (this.#recent.size >= this.#entriesMax / 2) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(text, syntax);
    return syntax;
  }
}
