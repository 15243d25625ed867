import { ValueScanner } from "./cbor/value-scanner.js";
import { WireError } from "./errors.js";
import { argumentCount } from "./methods.js";

/** The service id that starts every request frame. Observed: the only one that clients send. */
const serviceId = 1;

/**
 * Finds where request frames end, without decoding them. One per connection: it remembers how far it has looked, so
 * that a frame that arrives in many pieces is looked at once.
 *
 * @example
 * const end = scanner.scan(buffer, start, filled);
 * if (end >= 0) answer(scanner.method, buffer.subarray(start, end));
 */
export class FrameScanner {
  /** Method id of the frame that `scan` found. */
  method = 0;
  /** Offset of the first argument of the frame that `scan` found, in the buffer given to it. */
  argumentsStart = 0;
  /** After -1 from `scan`: the frame has at least this many bytes. */
  bytesNeeded = 0;
  readonly #values = new ValueScanner();
  /** Length of service and method id; 0 while they have not been read. */
  #headBytes = 0;

  /**
   * Longest frame that is accepted, in bytes; `frameBytesMax` unless set. A connection that has not said who it is
   * needs no more than `unauthorizedFrameBytesMax`.
   */
  get bytesMax(): number {
    return this.#values.bytesMax;
  }

  set bytesMax(bytes: number) {
    this.#values.bytesMax = bytes;
  }

  /**
   * Offset behind the frame that starts at `start`; or -1 when the frame is not complete at `end`: then call again
   * with the same frame start (the bytes may have moved to another buffer meanwhile) and a larger `end`.
   * @throws WireError when the bytes cannot be a request, however they go on
   */
  scan(buffer: Buffer, start: number, end: number): number {
    if (this.#headBytes === 0) {
      const headEnd = this.#readHead(buffer, start, end);
      if (headEnd < 0) {
        this.bytesNeeded = end - start + 1;
        return -1;
      }
      this.#headBytes = headEnd - start;
      const count = argumentCount(this.method);
      if (count === undefined) throw new WireError("unknown-method", `There is no method with the id ${this.method}`);
      this.#values.begin(count, this.#headBytes);
    }
    const frameEnd = this.#values.scan(buffer, start, end);
    if (frameEnd < 0) {
      this.bytesNeeded = Math.max(this.#values.offset, end - start + 1);
      return -1;
    }
    this.argumentsStart = start + this.#headBytes;
    this.#headBytes = 0;
    return frameEnd;
  }

  /** Forgets a frame that has begun. */
  reset(): void {
    this.#headBytes = 0;
  }

  #readHead(buffer: Buffer, start: number, end: number): number {
    // All clients write the ids in shortest form: 1 and 5 bytes.
    if (end - start >= 6 && buffer[start] === serviceId && (buffer[start + 1]! & 0xdf) === 0x1a) {
      const magnitude = buffer.readUInt32BE(start + 2);
      this.method = buffer[start + 1] === 0x1a ? magnitude : -1 - magnitude;
      return start + 6;
    }
    if (start >= end) return -1;
    const methodStart = integerEnd(buffer, start, end);
    if (methodStart < 0) return -1;
    const service = integerAt(buffer, start);
    if (service !== serviceId) throw new WireError("wrong-service", `There is no service with the id ${service}`);
    if (methodStart >= end) return -1;
    const headEnd = integerEnd(buffer, methodStart, end);
    if (headEnd < 0) return -1;
    this.method = integerAt(buffer, methodStart);
    return headEnd;
  }
}

/** Offset behind the integer at `at`, or -1 when it is not there completely. */
function integerEnd(buffer: Buffer, at: number, end: number): number {
  const initial = buffer[at]!;
  const info = initial & 31;
  if (initial >= 0x40 || info > 27) throw new WireError("malformed", "A request has to start with two integers");
  const next = info < 24 ? at + 1 : at + 1 + (1 << (info - 24));
  return next <= end ? next : -1;
}

/** Value of a complete integer; beyond 2^53 only roughly, which is no valid id. */
function integerAt(buffer: Buffer, at: number): number {
  const initial = buffer[at]!;
  let value = initial & 31;
  if (value >= 24) {
    const length = 1 << (value - 24);
    value = 0;
    for (let i = 1; i <= length; i++) value = value * 256 + buffer[at + i]!;
  }
  return initial < 0x20 ? value : -1 - value;
}
