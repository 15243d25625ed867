import {
  type EntryTable,
  expiresMsAt,
  keyLengthAt,
  noEntry,
  offsetAt,
  responseLengthAt,
  segmentAt,
  storedMsAt,
} from "./entry-table.js";
import type { SegmentLog } from "./segment-log.js";

/** What a look-up found. One object serves all look-ups of a cache: it holds until the next one, or the next change. */
export class CacheEntry {
  readonly #entries: EntryTable;
  readonly #log: SegmentLog;
  #entry = noEntry;

  constructor(entries: EntryTable, log: SegmentLog) {
    this.#entries = entries;
    this.#log = log;
  }

  /** Points it at another entry. */
  at(entry: number): this {
    this.#entry = entry;
    return this;
  }

  get responseLength(): number {
    return this.#number(responseLengthAt);
  }

  /** Monotonic milliseconds; Infinity for no end. */
  get expiresAt(): number {
    return this.#entries.time(this.#entry, expiresMsAt);
  }

  /** Monotonic milliseconds when it was stored, in 32 bits. */
  get storedAt(): number {
    return this.#number(storedMsAt);
  }

  /** The key, as a copy. */
  get key(): Buffer {
    const start = this.#number(offsetAt);
    return Buffer.from(this.#bytes().subarray(start, start + this.#number(keyLengthAt)));
  }

  /** The whole answer as it goes to the client, for as long as the caller wants it. */
  get response(): Buffer {
    const start = this.responseStart;
    const view = this.#bytes().subarray(start, start + this.responseLength);
    return this.#log.isOwn(this.#number(segmentAt)) ? view : Buffer.from(view);
  }

  /** The last `length` bytes of the answer, lent until the cache changes. */
  tail(length: number): Buffer {
    const end = this.responseStart + this.responseLength;
    return this.#bytes().subarray(end - length, end);
  }

  /** The memory in which the answer lies, from {@link responseStart} on; steady until the log uses it again. */
  get memory(): Buffer {
    return this.#bytes();
  }

  get responseStart(): number {
    return this.#number(offsetAt) + this.#number(keyLengthAt);
  }

  #bytes(): Buffer {
    return this.#log.bytes(this.#number(segmentAt));
  }

  #number(place: number): number {
    return this.#entries.number(this.#entry, place);
  }
}

/** How long an entry has been stored, in milliseconds; what is older than 49 days begins anew at zero. */
export function ageOf(entry: Pick<CacheEntry, "storedAt">, now: number): number {
  return ((now | 0) - entry.storedAt) >>> 0;
}
