const scratchBytes = 320 * 1024;

/** Memory in which all sessions of a node, one after the other, put answers together. */
export class OutputScratch {
  readonly buffer = Buffer.allocUnsafeSlow(scratchBytes);
  /** Who has bytes in it now. */
  holder: Output | undefined;
}

/**
 * Answers of one chunk on their way to one write. A single answer goes out as the cached buffer itself; from the
 * second one on they are copied together, because one write of a few hundred bytes costs less than a list of buffers,
 * and into memory used again and again, because a new buffer for every write keeps the collector busy.
 */
export class Output {
  readonly #scratch: OutputScratch;
  #only: Buffer | undefined;
  #joined: Buffer | undefined;
  #length = 0;
  #lent = false;

  constructor(scratch: OutputScratch) {
    this.#scratch = scratch;
  }

  /** Bytes that wait to be taken. */
  get length(): number {
    return this.#only === undefined ? this.#length : this.#only.length;
  }

  /** Whether what was taken last is only lent: it lies in the scratch, and the next answers overwrite it. */
  get lent(): boolean {
    return this.#lent;
  }

  /** Adds an answer, which nobody changes any more. */
  add(answer: Buffer): void {
    if (this.#joined === undefined) {
      if (this.#only === undefined) {
        this.#only = answer;
        return;
      }
      const first = this.#only;
      this.#only = undefined;
      this.#joined = this.#room(first.length + answer.length);
      this.#joined.set(first, 0);
      this.#length = first.length;
    } else if (this.#length + answer.length > this.#joined.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#joined.length * 2, this.#length + answer.length));
      this.#joined.copy(larger, 0, 0, this.#length);
      this.#joined = larger;
    }
    this.#joined.set(answer, this.#length);
    this.#length += answer.length;
  }

  /** Everything added since the last call; undefined when that is nothing. See {@link lent}. */
  take(): Buffer | undefined {
    const scratch = this.#scratch;
    const bytes = this.#only ?? this.#joined?.subarray(0, this.#length);
    this.#lent = this.#joined === scratch.buffer;
    if (scratch.holder === this) scratch.holder = undefined;
    this.#only = undefined;
    this.#joined = undefined;
    this.#length = 0;
    return bytes;
  }

  #room(bytes: number): Buffer {
    const scratch = this.#scratch;
    if (scratch.holder !== undefined || bytes > scratch.buffer.length) return Buffer.allocUnsafe(bytes * 2);
    scratch.holder = this;
    return scratch.buffer;
  }
}
