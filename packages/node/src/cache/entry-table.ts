/** Entries of one block; a power of two. The table grows by blocks, so no growth ever moves what is there. */
const blockBits = 13;
const blockEntries = 1 << blockBits;
const blockMask = blockEntries - 1;

/** No entry. */
export const noEntry = -1;

/** Places of an entry's 32-bit numbers. All of an entry lies together: a look-up reads one piece of memory, not ten. */
export const hashAt = 0;
/** Next entry of the same bucket; of a free entry the next free one. */
export const chainAt = 1;
export const newerAt = 2;
export const olderAt = 3;
/** Where the bytes lie: key, then response. */
export const segmentAt = 4;
export const offsetAt = 5;
export const keyLengthAt = 6;
export const responseLengthAt = 7;
/** Monotonic milliseconds, in 32 bits. */
export const storedMsAt = 8;
/** Bits; what they mean is the cache's affair. */
export const flagsAt = 9;
/** Numbers of an entry, its two times of 64 bits at the end included. */
const entryNumbers = 14;

/** Places of an entry's times, counted in 64 bits from the block's start: monotonic milliseconds, Infinity for no end. */
const entryTimes = entryNumbers / 2;
export const expiresMsAt = 5;
/** Time of the last use. */
export const usedMsAt = 6;

/** Bytes that an entry takes in the table. */
export const entryBytes = entryNumbers * 4;

/** Some entries, one behind the other. */
export class EntryBlock {
  readonly numbers = new Int32Array(blockEntries * entryNumbers);
  /** The same memory, for the times. */
  readonly times = new Float64Array(this.numbers.buffer);
}

/** The entries of a cache by number, without their bytes. */
export class EntryTable {
  #blocks: EntryBlock[] = [];
  #free = noEntry;
  #used = 0;

  /** Bytes of memory held. */
  get bytesHeld(): number {
    return this.#blocks.length * blockEntries * entryBytes;
  }

  /** Bytes of memory needed beside those of `count` entries in use: free entries, and a block that is being filled. */
  bytesBeside(count: number): number {
    return (this.#used - count + (this.#used === 0 ? 0 : blockEntries)) * entryBytes;
  }

  /** Where `entry` is, from {@link EntryTable.start} on. */
  block(entry: number): EntryBlock {
    return this.#blocks[entry >>> blockBits]!;
  }

  /** Where in its block's numbers an entry starts. */
  start(entry: number): number {
    return (entry & blockMask) * entryNumbers;
  }

  /** Where in its block's times an entry starts. */
  timesStart(entry: number): number {
    return (entry & blockMask) * entryTimes;
  }

  /** One number of an entry. */
  number(entry: number, place: number): number {
    return this.block(entry).numbers[this.start(entry) + place]!;
  }

  setNumber(entry: number, place: number, value: number): void {
    this.block(entry).numbers[this.start(entry) + place] = value;
  }

  /** One time of an entry. */
  time(entry: number, place: number): number {
    return this.block(entry).times[this.timesStart(entry) + place]!;
  }

  setTime(entry: number, place: number, value: number): void {
    this.block(entry).times[this.timesStart(entry) + place] = value;
  }

  /** An entry that nobody uses; it holds what was in it last. */
  take(): number {
    const free = this.#free;
    if (free !== noEntry) {
      this.#free = this.number(free, chainAt);
      return free;
    }
    if (this.#used === this.#blocks.length * blockEntries) this.#blocks.push(new EntryBlock());
    return this.#used++;
  }

  release(entry: number): void {
    this.setNumber(entry, chainAt, this.#free);
    this.#free = entry;
  }

  clear(): void {
    this.#blocks = [];
    this.#free = noEntry;
    this.#used = 0;
  }
}
