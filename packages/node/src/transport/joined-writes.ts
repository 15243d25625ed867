/** What a session writes within one call, to be sent together. Mostly that is one answer. */
export class JoinedWrites {
  /** The first one, or no bytes. */
  #memory: Buffer | undefined;
  #start = 0;
  #end = 0;
  /** The others. */
  #more: { readonly memory: Buffer; readonly start: number; readonly end: number }[] | undefined;
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
    const bytes = this.#more === undefined && !this.#steady ? this.#memory! : this.#copy();
    this.#memory = undefined;
    this.#more = undefined;
    this.#steady = false;
    this.#length = 0;
    return bytes;
  }

  #push(memory: Buffer, start: number, end: number): void {
    this.#length += end - start;
    if (this.#memory === undefined) {
      this.#memory = memory;
      this.#start = start;
      this.#end = end;
    } else {
      this.#more ??= [];
      this.#more.push({ memory, start, end });
    }
  }

  #copy(): Buffer {
    const bytes = Buffer.allocUnsafe(this.#length);
    let at = this.#memory!.copy(bytes, 0, this.#start, this.#end);
    if (this.#more !== undefined) {
      for (const { memory, start, end } of this.#more) at += memory.copy(bytes, at, start, end);
    }
    return bytes;
  }
}
