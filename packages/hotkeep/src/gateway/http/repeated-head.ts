import type { RepeatableHead, SignedHead } from "@hotkeep/protocols";

/** Longest head that is remembered; a connection keeps one. */
const headBytesMax = 4 * 1024;
/** Digits of a Content-Length that is read here. */
const lengthDigitsMax = 8;

/** Headers that say where a message ends or what becomes of the connection: with another value it is another head. */
const framing: ReadonlySet<string> = new Set(["host", "connection", "proxy-connection", "keep-alive", "te", "trailer"]);
/** Heads with one of these are not remembered. */
const unusual: ReadonlySet<string> = new Set(["transfer-encoding", "expect", "upgrade"]);

const carriageReturn = 0x0d;
const space = 0x20;
const rubout = 0x7f;
const zero = 0x30;

/** A request's head as llhttp found it. */
export interface SeenHead {
  /** From the first byte of the request to the empty line's end. */
  readonly bytes: Uint8Array;
  /** Name, value, name, value … */
  readonly rawHeaders: readonly string[];
  /** Where each value begins in `bytes`. */
  readonly valuesAt: readonly number[];
}

/** Bytes that stay the same, up to where a value begins to differ. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  /** The value's place in `rawHeaders`, -1 at the head's end. */
  readonly value: number;
  /** How much of the value is in the stretch. */
  readonly begun: number;
}

/** Values that change, by their place in `rawHeaders`: how many characters all of them began with. */
type Changing = ReadonlyMap<number, number>;

/**
 * A connection's last head. Its client's next one is nearly always the same but for some values: then the parser need not
 * be asked again what it is, nor strings be made anew. Whatever looks different in any other way is left to the parser,
 * which alone decides what is HTTP: nothing is remembered that it did not accept, and only bytes that are good in any
 * value stand in for others.
 */
export class RepeatedHead implements RepeatableHead {
  readonly bytes: Buffer;
  readonly rawHeaders: readonly string[];
  readonly valuesAt: readonly number[];
  readonly changing: Changing;
  signed: SignedHead | undefined;
  /** Where Content-Length's value stands in `rawHeaders`. */
  readonly #length: number;
  readonly #stretches: readonly Stretch[];
  /** Of the request that was taken last. */
  headBytes = 0;
  bodyBytes = 0;

  private constructor({ bytes, rawHeaders, valuesAt }: SeenHead, length: number, changing: Changing) {
    this.bytes = Buffer.from(bytes);
    this.rawHeaders = rawHeaders;
    this.valuesAt = valuesAt;
    this.changing = changing;
    this.#length = length;
    const stretches: Stretch[] = [];
    let from = 0;
    valuesAt.forEach((to, i) => {
      const value = 2 * i + 1;
      const begun = value === length ? 0 : changing.get(value);
      if (begun === undefined) return;
      stretches.push({ from, to: to + begun, value, begun });
      from = to + rawHeaders[value]!.length;
    });
    this.#stretches = [...stretches, { from, to: bytes.length, value: -1, begun: 0 }];
  }

  /**
   * Remembers a head; undefined for one that is not worth it, or not safe to.
   *
   * @param last the connection's head so far: what differs from it is expected to change again
   */
  static of(seen: SeenHead, last: RepeatedHead | undefined): RepeatedHead | undefined {
    const { bytes, rawHeaders, valuesAt } = seen;
    if (bytes.length > headBytesMax || rawHeaders.length !== 2 * valuesAt.length) return undefined;
    const before = last === undefined || !sameNames(last.rawHeaders, rawHeaders) ? undefined : last;
    const changing = new Map(before === undefined ? [] : before.changing);
    let length = -1;
    for (let i = 1; i < rawHeaders.length; i += 2) {
      const name = rawHeaders[i - 1]!.toLowerCase();
      const value = rawHeaders[i]!;
      if (unusual.has(name) || value === "") return undefined;
      if (name === "content-length") {
        if (length >= 0) return undefined;
        length = i;
      } else if (before !== undefined && !framing.has(name)) {
        const same = sameCharacters(before.rawHeaders[i]!, value);
        if (same >= 0) changing.set(i, Math.min(same, changing.get(i) ?? same));
      }
    }
    return length < 0 ? undefined : new RepeatedHead(seen, length, changing);
  }

  /**
   * The headers of the request that `chunk` begins with, if its head is this one and all of its body is there; the sizes
   * of both stand in `headBytes` and `bodyBytes` then. Undefined: ask the parser.
   */
  take(chunk: Buffer): string[] | undefined {
    const headers = this.rawHeaders.slice();
    let at = 0;
    for (const { from, to, value, begun } of this.#stretches) {
      const next = at + to - from;
      if (next > chunk.length || this.bytes.compare(chunk, at, next, from, to) !== 0) return undefined;
      at = next;
      if (value < 0) break;
      at = value === this.#length ? endOfDigits(chunk, next) : endOfValue(chunk, next);
      if (at < 0 || chunk[next - begun] === space) return undefined;
      headers[value] = chunk.toString("latin1", next - begun, at);
    }
    const bodyBytes = Number(headers[this.#length]);
    if (at + bodyBytes > chunk.length) return undefined;
    this.headBytes = at;
    this.bodyBytes = bodyBytes;
    return headers;
  }
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => i % 2 === 1 || text === b[i]);
}

/** How many characters two values both begin with; -1: they are the same. */
function sameCharacters(a: string, b: string): number {
  if (a === b) return -1;
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  // A value is never all in a stretch, so that its end is looked at.
  return Math.min(same, b.length - 1);
}

/** Where the rest of a value ends; -1: it has what parsers differ about, or there is none. */
function endOfValue(chunk: Buffer, start: number): number {
  const limit = chunk.length;
  let end = start;
  while (end < limit) {
    const byte = chunk[end]!;
    if (byte < space || byte === rubout) break;
    end++;
  }
  if (end === start || end === limit || chunk[end] !== carriageReturn) return -1;
  return chunk[end - 1] === space ? -1 : end;
}

function endOfDigits(chunk: Buffer, start: number): number {
  let end = start;
  while (end < chunk.length && chunk[end]! >= zero && chunk[end]! <= zero + 9) end++;
  return end === start || end - start > lengthDigitsMax ? -1 : end;
}
