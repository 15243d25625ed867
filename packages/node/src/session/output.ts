import type { Connection } from "../transport/transport.js";

const scratchBytes = 320 * 1024;

/** Memory in which all sessions of a node, one after the other, put answers together. */
export class OutputScratch {
  readonly buffer = Buffer.allocUnsafeSlow(scratchBytes);
  /** Who has bytes in it now. */
  holder: Output | undefined;
}

/**
 * Answers of one chunk on their way to one write. A single answer goes out as the buffer that it is; from the second
 * one on they are copied together, because one write of a few hundred bytes costs less than a list of buffers, and
 * into memory used again and again, because a new buffer for every write keeps the collector busy. What lies in the
 * cache is only lent, because the cache moves its bytes: it is sent, or copied, before anything else happens.
 */
export class Output {
  readonly #scratch: OutputScratch;
  #only: Buffer | undefined;
  #onlyIsLent = false;
  #joined: Buffer | undefined;
  #length = 0;

  constructor(scratch: OutputScratch) {
    this.#scratch = scratch;
  }

  /** Bytes that wait to be sent. */
  get length(): number {
    return this.#only === undefined ? this.#length : this.#only.length;
  }

  /** Adds an answer, which nobody changes any more. */
  add(answer: Buffer): void {
    if (this.#joined === undefined && this.#only === undefined) {
      this.#only = answer;
      return;
    }
    const at = this.#extend(answer.length);
    this.#joined!.set(answer, at);
  }

  /** Adds an answer that is lent until it is sent, or until {@link keep}. */
  addLent(answer: Buffer): void {
    this.#onlyIsLent = this.#joined === undefined && this.#only === undefined;
    this.add(answer);
  }

  /** Copies what is lent: its owner may change it from here on. */
  keep(): void {
    if (this.#onlyIsLent) this.#extend(0);
  }

  /** Sends everything added since the last call; false when the peer is slow and bytes wait. */
  sendTo(connection: Connection): boolean {
    const only = this.#only;
    const joined = this.#joined;
    const length = this.#length;
    const isLent = this.#onlyIsLent;
    this.discard();
    if (only !== undefined) return isLent ? connection.writeLent(only, only.length) : connection.write(only);
    if (joined === undefined) return true;
    // The scratch is only lent: the next answers overwrite it.
    if (joined === this.#scratch.buffer) return connection.writeLent(joined, length);
    return connection.write(joined.subarray(0, length));
  }

  /** Forgets what was added since the last call. */
  discard(): void {
    if (this.#scratch.holder === this) this.#scratch.holder = undefined;
    this.#only = undefined;
    this.#onlyIsLent = false;
    this.#joined = undefined;
    this.#length = 0;
  }

  /** Makes room for `bytes` behind what is there; the answer is where they go. */
  #extend(bytes: number): number {
    const at = this.length;
    if (this.#joined === undefined) {
      this.#joined = this.#room(at + bytes);
      if (this.#only !== undefined) this.#joined.set(this.#only, 0);
      this.#only = undefined;
      this.#onlyIsLent = false;
    } else if (at + bytes > this.#joined.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#joined.length * 2, at + bytes));
      this.#joined.copy(larger, 0, 0, at);
      this.#joined = larger;
    }
    this.#length = at + bytes;
    return at;
  }

  #room(bytes: number): Buffer {
    const scratch = this.#scratch;
    if (scratch.holder !== undefined || bytes > scratch.buffer.length) return Buffer.allocUnsafe(bytes * 2);
    scratch.holder = this;
    return scratch.buffer;
  }
}
