const outputBytesMax = 256 * 1024;

/**
 * Answers of one chunk on their way to one write. A single answer goes out as the cached buffer itself; from the
 * second one on they are copied together, because one write of a few hundred bytes costs less than a list of buffers.
 */
export class Output {
  #only: Buffer | undefined;
  #joined: Buffer | undefined;
  #length = 0;

  /** Bytes that wait to be taken. */
  get length(): number {
    return this.#only === undefined ? this.#length : this.#only.length;
  }

  /** Adds an answer, which nobody changes any more. `more`: how many further answers of this kind may follow. */
  add(answer: Buffer, more: number): void {
    if (this.#joined === undefined) {
      if (this.#only === undefined) {
        this.#only = answer;
        return;
      }
      const first = this.#only;
      const room = first.length + answer.length * (1 + more);
      this.#joined = Buffer.allocUnsafe(Math.max(first.length + answer.length, Math.min(room, outputBytesMax)));
      this.#joined.set(first, 0);
      this.#length = first.length;
      this.#only = undefined;
    } else if (this.#length + answer.length > this.#joined.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#joined.length * 2, this.#length + answer.length * (1 + more)));
      this.#joined.copy(larger, 0, 0, this.#length);
      this.#joined = larger;
    }
    this.#joined.set(answer, this.#length);
    this.#length += answer.length;
  }

  /** Everything added since the last call; undefined when that is nothing. */
  take(): Buffer | undefined {
    const bytes = this.#only ?? this.#joined?.subarray(0, this.#length);
    this.#only = undefined;
    this.#joined = undefined;
    this.#length = 0;
    return bytes;
  }
}
