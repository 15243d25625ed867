/** Bytes that all sessions together may keep waiting. */
export class InputBudget {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes reserved now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Changes the reservation by `bytes`; false, and no change, when that is too much. */
  reserve(bytes: number): boolean {
    if (bytes > 0 && this.#bytes + bytes > this.#bytesMax) return false;
    this.#bytes += bytes;
    return true;
  }
}

const firstCapacityBytes = 4 * 1024;

/**
 * Received bytes of one connection that cannot be processed yet: the beginning of a frame whose rest is under way, or
 * what came behind a request that still runs. Empty most of the time, and then without memory of its own.
 */
export class WaitingInput {
  readonly #budget: InputBudget;
  #buffer: Buffer | undefined;
  #start = 0;
  #end = 0;

  constructor(budget: InputBudget) {
    this.#budget = budget;
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** The buffer in which the bytes lie at `[start, end)`; moves with every {@link append}. */
  get buffer(): Buffer {
    return this.#buffer ?? Buffer.alloc(0);
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  /** Copies `chunk[from, to)` behind what waits; `expected` more bytes are known to follow. False: no room. */
  append(chunk: Buffer, from: number, to: number, expected: number): boolean {
    const added = to - from;
    const needed = this.length + Math.max(added, expected);
    const capacity = this.#buffer?.length ?? 0;
    if (this.#buffer === undefined || this.#end + added > capacity) {
      const grown =
        this.length + added <= capacity && needed <= capacity
          ? capacity
          : Math.max(needed, Math.min(capacity * 2, 2 * (this.length + added)), firstCapacityBytes);
      if (!this.#budget.reserve(grown - capacity)) return false;
      const bytes = grown === capacity && this.#buffer !== undefined ? this.#buffer : Buffer.allocUnsafeSlow(grown);
      this.#buffer?.copy(bytes, 0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
      this.#buffer = bytes;
    }
    chunk.copy(this.#buffer, this.#end, from, to);
    this.#end += added;
    return true;
  }

  /** Forgets everything before offset `at` of {@link buffer}. */
  consumeTo(at: number): void {
    this.#start = at;
    if (at >= this.#end) this.release();
  }

  /** Forgets everything and gives the memory back. */
  release(): void {
    this.#budget.reserve(-(this.#buffer?.length ?? 0));
    this.#buffer = undefined;
    this.#start = 0;
    this.#end = 0;
  }
}
