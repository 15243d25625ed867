import type { KeySchema } from "@hotkeep/attributes";
import { decodeKey, encodeKey } from "@hotkeep/dax-wire";
import type { NodeLimits } from "../limits.js";
import { hashBytes } from "./hash-bytes.js";
import { itemKeyOf, readItemKey } from "./item-key.js";

/** What bounds it. */
export type PageCoherenceLimits = Pick<NodeLimits, "writeStampsMax" | "tableLagMs" | "lateWriteMs">;

/** What an answer to a query or scan was read from. */
export interface PageSource {
  readonly table: string;
  /** Canonical bytes of the partition key; absent: more than one partition, or an index. */
  readonly partition?: Uint8Array;
}

/** When and of what a page was read, in the form in which it is kept behind the page's bytes. */
export type PageMark = Buffer;

/** Bytes of a {@link PageMark}. */
export const pageMarkBytes = 16;

/** Smallest step between two times: a page and a write never have the same one. */
const tickMs = 1 / 1024;

/**
 * Which pages a write has made untrue. For each partition, and for each table as a whole, it keeps when it was written
 * last, in a fixed number of places: two that fall into the same place are taken for one, so a page may go without
 * need, but none stays that should have gone. A page carries when its read began and which places count for it, and is
 * as good as not there when one of them is younger. So a write costs two stores whatever is cached, and a read that was
 * on its way during a write is void without anybody having to find it.
 */
export class PageCoherence {
  readonly #limits: PageCoherenceLimits;
  readonly #schemaOf: (table: string) => KeySchema | undefined;
  readonly #seed: number;
  /** Monotonic milliseconds of the last write; in the future where one of unknown outcome may still arrive. */
  readonly #written: Float64Array;
  #allWritten = Number.NEGATIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  /** @param schemaOf key schema of a table as far as it is known */
  constructor(limits: PageCoherenceLimits, schemaOf: (table: string) => KeySchema | undefined, seed: number) {
    this.#limits = limits;
    this.#schemaOf = schemaOf;
    this.#seed = seed;
    this.#written = new Float64Array(limits.writeStampsMax).fill(Number.NEGATIVE_INFINITY);
  }

  /** An item has been written, or perhaps it has: then, with `doubt`, the write may also arrive later. */
  wrote(itemKey: Uint8Array, now: number, doubt: boolean): void {
    const { table, key } = readItemKey(itemKey);
    const at = Math.max(this.#tick(now), doubt ? now + this.#limits.lateWriteMs : 0);
    const schema = this.#schemaOf(table);
    this.#stamp(this.#place({ table }), at);
    if (schema === undefined) this.#stamp(this.#wholePlace(table), at);
    else this.#stamp(this.#place({ table, partition: partitionIn(schema, key) }), at);
  }

  /** Anything may have been written; more may arrive until `lateUntil`. */
  wroteAll(now: number, lateUntil: number): void {
    this.#allWritten = Math.max(this.#allWritten, this.#tick(now), lateUntil);
  }

  /** The read of a page begins. */
  begin(source: PageSource, now: number): PageMark {
    const mark = Buffer.allocUnsafe(pageMarkBytes);
    mark.writeDoubleLE(this.#tick(now), 0);
    mark.writeUInt32LE(this.#place(source), 8);
    mark.writeUInt32LE(this.#wholePlace(source.table), 12);
    return mark;
  }

  /** Whether nothing that a page shows has been written since its read began. */
  holds(mark: PageMark): boolean {
    return mark.readDoubleLE(0) > this.lastWrite(mark);
  }

  /** When something of what a page shows was written last. */
  lastWrite(mark: PageMark): number {
    const own = this.#written[mark.readUInt32LE(8)]!;
    return Math.max(own, this.#written[mark.readUInt32LE(12)]!, this.#allWritten);
  }

  /** Whether an eventually consistent read could still miss the last write of what a page shows. */
  mayLag(mark: PageMark, now: number): boolean {
    return now - this.lastWrite(mark) < this.#limits.tableLagMs;
  }

  #stamp(place: number, at: number): void {
    this.#written[place] = Math.max(this.#written[place]!, at);
  }

  /** A time later than all that were given before. */
  #tick(now: number): number {
    this.#last = Math.max(now, this.#last + tickMs);
    return this.#last;
  }

  #place({ table, partition }: PageSource): number {
    return this.#hash(partition === undefined ? Buffer.from(`scans of ${table}`) : itemKeyOf(table, partition));
  }

  /** Of writes whose partition is not known. */
  #wholePlace(table: string): number {
    return this.#hash(Buffer.from(`all of ${table}`));
  }

  #hash(bytes: Buffer): number {
    return (hashBytes(bytes, 0, bytes.length, this.#seed) >>> 0) % this.#written.length;
  }
}

/** The partition key in canonical key bytes, in canonical form. */
function partitionIn(schema: KeySchema, key: Buffer): Uint8Array {
  return schema.range === undefined ? key : encodeKey({ hash: schema.hash }, decodeKey(schema, key));
}
