/** What a counter counts to. */
const countMax = 15;
const countersPerEntry = 4;
const countersMin = 1 << 12;
/** Additions per entry after which all counters are halved: what was wanted once is forgotten. */
const additionsPerEntry = 10;

/**
 * How often keys were asked for lately, approximately and in a few bytes per entry: a count-min sketch whose counters
 * are halved again and again (TinyLFU: Einziger, Friedman, Manes, ACM Transactions on Storage 13, 2017). May take a key
 * for more wanted than it is, never for less.
 */
export class FrequencySketch {
  #counters: Uint8Array;
  #mask: number;
  #additions = 0;

  /** @param entries how many the cache holds */
  constructor(entries: number) {
    let size = countersMin;
    while (size < entries * countersPerEntry) size *= 2;
    this.#counters = new Uint8Array(size);
    this.#mask = size - 1;
  }

  /** Bytes of memory held. */
  get bytesHeld(): number {
    return this.#counters.length;
  }

  /** The key with this hash was asked for. */
  add(hash: number): void {
    const counters = this.#counters;
    const mask = this.#mask;
    let probe = hash;
    for (let row = 0; row < 4; row++) {
      probe = next(probe);
      const at = probe & mask;
      if (counters[at]! < countMax) counters[at]!++;
    }
    if (++this.#additions >= (counters.length / countersPerEntry) * additionsPerEntry) this.#age();
  }

  /** How often the key with this hash was asked for: 0 to 15. */
  of(hash: number): number {
    let least = countMax;
    let probe = hash;
    for (let row = 0; row < 4; row++) {
      probe = next(probe);
      least = Math.min(least, this.#counters[probe & this.#mask]!);
    }
    return least;
  }

  /** Makes room for so many entries; what was counted still counts. */
  fit(entries: number): void {
    while (this.#counters.length < entries * countersPerEntry) {
      const { length } = this.#counters;
      const larger = new Uint8Array(length * 2);
      // A place in the larger array is the same bits and one more: either half is right.
      larger.set(this.#counters, 0);
      larger.set(this.#counters, length);
      this.#counters = larger;
      this.#mask = larger.length - 1;
    }
  }

  #age(): void {
    this.#additions = 0;
    // Four counters at a time.
    const words = new Uint32Array(this.#counters.buffer);
    for (let at = 0; at < words.length; at++) words[at] = (words[at]! >>> 1) & 0x07070707;
  }
}

function next(probe: number): number {
  const mixed = Math.imul(probe ^ (probe >>> 15), 0x9e3779b1) + 0x6d2b79f5;
  return mixed ^ (mixed >>> 13);
}
