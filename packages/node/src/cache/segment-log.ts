import { type EntryTable, keyLengthAt, offsetAt, responseLengthAt, segmentAt } from "./entry-table.js";

const segmentBytes = 1024 * 1024;
/** What is longer has a segment of its own, which goes when it goes. */
const sharedRecordBytesMax = segmentBytes / 16;
/** Garbage allowed beside so many times as many live bytes, and two segments: more is compacted away. */
const liveToGarbage = 24;
/** Segments emptied for one record that is added: a step that nobody notices, and more than one record makes needed. */
const emptiedAtOnceMax = 2;
/** Number and length of the entry that a record is of; the entry itself tells whether the record still counts. */
const headBytes = 8;

/** Bytes that a record takes beside key and response. */
export const recordHeadBytes = headBytes;

interface Segment {
  readonly bytes: Buffer;
  /** Bytes of records, live and dead, from the start on. */
  filled: number;
  live: number;
}

/**
 * Keys and responses behind one another in large pieces of memory. Nothing is ever changed in place: a new value is
 * appended, the old one is garbage, and when there is too much of that the emptiest segment's live records are
 * appended anew and its memory is used again. So the memory taken stays within a few percent of what is alive, whatever
 * sizes come and go, and the garbage collector sees a handful of objects.
 */
export class SegmentLog {
  readonly #entries: EntryTable;
  #segments: (Segment | undefined)[] = [];
  #freeNumbers: number[] = [];
  /** Emptied segments that wait for new use. */
  #spare: Segment[] = [];
  /** Number of the segment that is being filled. */
  #head = -1;
  #live = 0;
  #filled = 0;

  readonly #beforeReuse: () => void;

  /** `beforeReuse` is called before memory that records were in is written anew. */
  constructor(entries: EntryTable, beforeReuse: () => void) {
    this.#entries = entries;
    this.#beforeReuse = beforeReuse;
  }

  /** Bytes of memory held, garbage and room included. */
  get bytesHeld(): number {
    let held = 0;
    for (const segment of this.#segments) held += segment?.bytes.length ?? 0;
    for (const segment of this.#spare) held += segment.bytes.length;
    return held;
  }

  /** The memory in which an entry of this segment lies. What is in it stays there until it is used again. */
  bytes(segment: number): Buffer {
    return this.#segments[segment]!.bytes;
  }

  /** Whether the memory of this segment stays as it is as long as anybody holds it. */
  isOwn(segment: number): boolean {
    return this.#segments[segment]!.bytes.length !== segmentBytes;
  }

  /** Copies key and response to a place that the entry then names. */
  append(entry: number, key: Uint8Array, response: Uint8Array): void {
    const length = headBytes + key.length + response.length;
    const number = this.#roomFor(length);
    const segment = this.#segments[number]!;
    const at = segment.filled;
    segment.bytes.writeInt32LE(entry, at);
    segment.bytes.writeInt32LE(length, at + 4);
    segment.bytes.set(key, at + headBytes);
    segment.bytes.set(response, at + headBytes + key.length);
    this.#place(entry, number, segment, length);
    this.#entries.setNumber(entry, keyLengthAt, key.length);
    this.#entries.setNumber(entry, responseLengthAt, response.length);
  }

  /** The entry's bytes are garbage from here on. */
  release(entry: number): void {
    const entries = this.#entries;
    const number = entries.number(entry, segmentAt);
    const segment = this.#segments[number]!;
    const length = headBytes + entries.number(entry, keyLengthAt) + entries.number(entry, responseLengthAt);
    entries.setNumber(entry, segmentAt, -1);
    segment.live -= length;
    this.#live -= length;
    if (segment.live === 0 && number !== this.#head) this.#drop(number);
  }

  /** Makes garbage into room, as far as there is too much of it. */
  tidy(): void {
    for (let emptied = 0; emptied < emptiedAtOnceMax; emptied++) {
      if (this.#filled - this.#live <= this.#live / liveToGarbage + 2 * segmentBytes) return;
      const worst = this.#emptiest();
      if (worst === -1) return;
      this.#moveOut(worst);
    }
  }

  clear(): void {
    this.#segments = [];
    this.#freeNumbers = [];
    this.#spare = [];
    this.#head = -1;
    this.#live = 0;
    this.#filled = 0;
  }

  #roomFor(length: number): number {
    if (length > sharedRecordBytesMax) return this.#add(Buffer.allocUnsafeSlow(length));
    const head = this.#segments[this.#head];
    if (head !== undefined && head.filled + length <= head.bytes.length) return this.#head;
    const full = this.#head;
    this.#head = this.#add(this.#emptyMemory());
    // Everything in it may have gone while it was still being filled.
    if (head !== undefined && head.live === 0) this.#drop(full);
    return this.#head;
  }

  #emptyMemory(): Buffer {
    const spare = this.#spare.pop();
    if (spare === undefined) return Buffer.allocUnsafeSlow(segmentBytes);
    this.#beforeReuse();
    return spare.bytes;
  }

  #add(bytes: Buffer): number {
    const number = this.#freeNumbers.pop() ?? this.#segments.length;
    this.#segments[number] = { bytes, filled: 0, live: 0 };
    return number;
  }

  #drop(number: number): void {
    const segment = this.#segments[number]!;
    this.#filled -= segment.filled;
    this.#segments[number] = undefined;
    this.#freeNumbers.push(number);
    // One is kept for the next record; more would be memory held for nothing.
    if (segment.bytes.length === segmentBytes && this.#spare.length === 0) this.#spare.push(segment);
  }

  #place(entry: number, number: number, segment: Segment, length: number): void {
    this.#entries.setNumber(entry, segmentAt, number);
    this.#entries.setNumber(entry, offsetAt, segment.filled + headBytes);
    segment.filled += length;
    segment.live += length;
    this.#filled += length;
    this.#live += length;
  }

  /** The full segment with the most garbage; -1 when none has any. */
  #emptiest(): number {
    let worst = -1;
    let most = 0;
    for (const [number, segment] of this.#segments.entries()) {
      if (segment === undefined || number === this.#head) continue;
      const garbage = segment.filled - segment.live;
      if (garbage <= most) continue;
      most = garbage;
      worst = number;
    }
    return worst;
  }

  #moveOut(number: number): void {
    const segment = this.#segments[number]!;
    const { bytes, filled } = segment;
    for (let at = 0; at < filled && segment.live > 0; ) {
      const entry = bytes.readInt32LE(at);
      const length = bytes.readInt32LE(at + 4);
      const entries = this.#entries;
      if (entries.number(entry, segmentAt) === number && entries.number(entry, offsetAt) === at + headBytes) {
        const to = this.#roomFor(length);
        const target = this.#segments[to]!;
        bytes.copy(target.bytes, target.filled, at, at + length);
        segment.live -= length;
        this.#live -= length;
        this.#place(entry, to, target, length);
      }
      at += length;
    }
    this.#drop(number);
  }
}
