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

/** An announcement ends with a long value; the few bytes behind it should not move everything once more. */
const optionsBytes = 256;

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

  /**
   * Copies `chunk[from, to)` behind what waits; `whole` bytes are announced altogether, 0 if unknown. False: no room.
   * Memory follows what has arrived, not what was announced: an announcement costs the peer nothing.
   */
  append(chunk: Buffer, from: number, to: number, whole: number): boolean {
    const length = this.length + to - from;
    const capacity = this.#buffer?.length ?? 0;
    if (this.#buffer === undefined || length > capacity) {
      const grown =
        whole >= length && whole <= 2 * length ? whole + optionsBytes : Math.max(2 * length, firstCapacityBytes);
      if (!this.#budget.reserve(grown - capacity)) return false;
      const bytes = Buffer.allocUnsafeSlow(grown);
      this.#buffer?.copy(bytes, 0, this.#start, this.#end);
      this.#buffer = bytes;
      this.#end -= this.#start;
      this.#start = 0;
    } else if (this.#end + to - from > capacity) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    chunk.copy(this.#buffer, this.#end, from, to);
    this.#end = this.#start + length;
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
