import { type EntryTable, keyLengthAt, offsetAt, responseLengthAt, segmentAt } from "./entry-table.js";
import type { SegmentPool } from "./segment-pool.js";

/** Garbage allowed beside so many times as many live bytes, and one segment: more is compacted away. */
const liveToGarbage = 24;
/** Segments with room for more at one time: what is too long for one of them may leave room for what is shorter. */
const openMax = 4;
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
 * sizes come and go, and the garbage collector sees a handful of objects. A record that is longer than a segment has
 * memory of its own, which the garbage collector takes back.
 */
export class SegmentLog {
  readonly #entries: EntryTable;
  readonly #pool: SegmentPool;
  readonly #beforeReuse: () => void;
  #segments: (Segment | undefined)[] = [];
  #freeNumbers: number[] = [];
  /** Numbers of the segments that are being filled; the newest one is the last. */
  #open: number[] = [];
  #live = 0;
  #filled = 0;
  /** Bytes of segments from the pool. */
  #pooled = 0;
  /** Bytes of records that have memory of their own. */
  #own = 0;

  /** `beforeReuse` is called before memory that records were in is written anew. */
  constructor(entries: EntryTable, pool: SegmentPool, beforeReuse: () => void) {
    this.#entries = entries;
    this.#pool = pool;
    this.#beforeReuse = beforeReuse;
  }

  /** Bytes of memory held, garbage and room included. */
  get bytesHeld(): number {
    return this.#pooled + this.#own;
  }

  /** Bytes of memory held that are not the pool's. */
  get bytesOutside(): number {
    return this.#own;
  }

  /** Bytes of memory needed beside the live records: garbage that is allowed, room, and one segment to be filled. */
  get bytesBeside(): number {
    if (this.#pooled === 0) return 0;
    const newest = this.#segments[this.#open.at(-1) ?? -1];
    const roomOfNewest = newest === undefined ? 0 : newest.bytes.length - newest.filled;
    return this.#garbageMax + this.bytesHeld - this.#filled - roomOfNewest + this.#pool.segmentBytes;
  }

  get #garbageMax(): number {
    return this.#live / liveToGarbage + this.#pool.segmentBytes;
  }

  /** The memory in which an entry of this segment lies. What is in it stays there until it is used again. */
  bytes(segment: number): Buffer {
    return this.#segments[segment]!.bytes;
  }

  /** Whether the memory of this segment stays as it is as long as anybody holds it. */
  isOwn(segment: number): boolean {
    return this.#segments[segment]!.bytes.length > this.#pool.segmentBytes;
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
    if (segment.live === 0 && number !== this.#open.at(-1)) this.#drop(number);
  }

  /** Makes garbage into room, as far as there is too much of it. False: there was not. */
  tidy(): boolean {
    for (let emptied = 0; emptied < emptiedAtOnceMax; emptied++) {
      const worst = this.#filled - this.#live > this.#garbageMax ? this.#emptiest() : -1;
      if (worst === -1) return emptied > 0;
      this.#moveOut(worst);
    }
    return true;
  }

  clear(): void {
    for (const [number, segment] of this.#segments.entries()) if (segment !== undefined) this.#drop(number);
    this.#segments = [];
    this.#freeNumbers = [];
    this.#live = 0;
  }

  /** Number of the segment that the next record of this length goes to. */
  #roomFor(length: number): number {
    const { segmentBytes } = this.#pool;
    if (length > segmentBytes) {
      this.#own += length;
      return this.#add(Buffer.allocUnsafeSlow(length));
    }
    // Where it leaves the least room.
    let best = -1;
    let least = segmentBytes;
    for (const number of this.#open) {
      const room = segmentBytes - this.#segments[number]!.filled;
      if (room < length || room > least) continue;
      least = room;
      best = number;
    }
    return best === -1 ? this.#openAnother() : best;
  }

  #openAnother(): number {
    const before = this.#open.at(-1);
    this.#pooled += this.#pool.segmentBytes;
    const number = this.#add(this.#pool.take(this.#beforeReuse));
    this.#open.push(number);
    // Everything in it may have gone while it was still being filled.
    if (before !== undefined && this.#segments[before]!.live === 0) this.#drop(before);
    else if (this.#open.length > openMax) this.#close();
    return number;
  }

  /** Nothing more goes to the fullest of the open segments. */
  #close(): void {
    const filled = this.#open.map((number) => this.#segments[number]!.filled);
    this.#open.splice(filled.indexOf(Math.max(...filled)), 1);
  }

  #add(bytes: Buffer): number {
    const number = this.#freeNumbers.pop() ?? this.#segments.length;
    this.#segments[number] = { bytes, filled: 0, live: 0 };
    return number;
  }

  #drop(number: number): void {
    const { bytes, filled } = this.#segments[number]!;
    this.#filled -= filled;
    this.#segments[number] = undefined;
    this.#freeNumbers.push(number);
    const open = this.#open.indexOf(number);
    if (open !== -1) this.#open.splice(open, 1);
    if (bytes.length > this.#pool.segmentBytes) this.#own -= bytes.length;
    else {
      this.#pooled -= bytes.length;
      this.#pool.give(bytes);
    }
  }

  #place(entry: number, number: number, segment: Segment, length: number): void {
    this.#entries.setNumber(entry, segmentAt, number);
    this.#entries.setNumber(entry, offsetAt, segment.filled + headBytes);
    segment.filled += length;
    segment.live += length;
    this.#filled += length;
    this.#live += length;
  }

  /** The segment with the most garbage, but for the newest; -1 when none has any. */
  #emptiest(): number {
    const newest = this.#open.at(-1);
    let worst = -1;
    let most = 0;
    for (const [number, segment] of this.#segments.entries()) {
      if (segment === undefined || number === newest) continue;
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
    const open = this.#open.indexOf(number);
    if (open !== -1) this.#open.splice(open, 1);
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
