/** Entries of one block; a power of two. The table grows by blocks, so no growth ever moves what is there. */
const blockBits = 13;
const blockEntries = 1 << blockBits;
const blockMask = blockEntries - 1;

/** No entry. */
export const noEntry = -1;

/** The columns of some entries: one typed array for each property, so that an entry costs no object. */
class Block {
  readonly hash = new Int32Array(blockEntries);
  /** Next entry of the same bucket; of a free entry the next free one. */
  readonly chain = new Int32Array(blockEntries);
  readonly newer = new Int32Array(blockEntries);
  readonly older = new Int32Array(blockEntries);
  /** Where the bytes lie: key, then response. */
  readonly segment = new Int32Array(blockEntries);
  readonly offset = new Int32Array(blockEntries);
  readonly keyLength = new Int32Array(blockEntries);
  readonly responseLength = new Int32Array(blockEntries);
  /** Monotonic milliseconds, in 32 bits. */
  readonly storedAt = new Int32Array(blockEntries);
  /** Monotonic milliseconds; Infinity for no end. */
  readonly expiresAt = new Float64Array(blockEntries);
  /** Monotonic milliseconds of the last use. */
  readonly usedAt = new Float64Array(blockEntries);
  /** Bits; what they mean is the cache's affair. */
  readonly flags = new Uint8Array(blockEntries);
}

/** Bytes that an entry takes in the table. */
export const entryColumnsBytes = 9 * 4 + 2 * 8 + 1;

/** The entries of a cache by number, without their bytes. */
export class EntryTable {
  #blocks: Block[] = [];
  #free = noEntry;
  #used = 0;

  /** The columns that hold `entry`, at {@link EntryTable.index}. */
  block(entry: number): Block {
    return this.#blocks[entry >>> blockBits]!;
  }

  /** Where in its block an entry stands. */
  index(entry: number): number {
    return entry & blockMask;
  }

  /** An entry that nobody uses; its columns hold what was in them last. */
  take(): number {
    const free = this.#free;
    if (free !== noEntry) {
      this.#free = this.block(free).chain[free & blockMask]!;
      return free;
    }
    if (this.#used === this.#blocks.length * blockEntries) this.#blocks.push(new Block());
    return this.#used++;
  }

  release(entry: number): void {
    this.block(entry).chain[entry & blockMask] = this.#free;
    this.#free = entry;
  }

  clear(): void {
    this.#blocks = [];
    this.#free = noEntry;
    this.#used = 0;
  }
}

/** The columns of one block. */
export type EntryBlock = InstanceType<typeof Block>;
