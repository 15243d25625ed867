/** What a session writes within one call, to be sent together. */
export class JoinedWrites {
  readonly #memories: Buffer[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #steady = false;
  #length = 0;

  /** Bytes altogether. */
  get length(): number {
    return this.#length;
  }

  /** Adds bytes that nobody changes any more. */
  add(bytes: Buffer): void {
    this.#push(bytes, 0, bytes.length);
  }

  /** Adds `memory[start, end)`, which stays as it is until {@link take} or {@link keep}. */
  addSteady(memory: Buffer, start: number, end: number): void {
    this.#steady = true;
    this.#push(memory, start, end);
  }

  /** Copies what may change from here on. */
  keep(): void {
    if (this.#steady) this.add(this.take());
  }

  /** Everything added since the last call, one behind the other, in memory that nobody changes. */
  take(): Buffer {
    const bytes = this.#memories.length === 1 && !this.#steady ? this.#memories[0]! : this.#copy();
    this.#memories.length = 0;
    this.#starts.length = 0;
    this.#ends.length = 0;
    this.#steady = false;
    this.#length = 0;
    return bytes;
  }

  #push(memory: Buffer, start: number, end: number): void {
    this.#memories.push(memory);
    this.#starts.push(start);
    this.#ends.push(end);
    this.#length += end - start;
  }

  #copy(): Buffer {
    const bytes = Buffer.allocUnsafe(this.#length);
    let at = 0;
    const memories = this.#memories;
    for (let i = 0; i < memories.length; i++) at += memories[i]!.copy(bytes, at, this.#starts[i]!, this.#ends[i]!);
    return bytes;
  }
}
