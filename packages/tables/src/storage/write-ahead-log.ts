import { closeSync, constants, existsSync, fdatasync, fstatSync, fsyncSync, openSync, readSync, write } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { HotkeepError } from "@hotkeep/core";
import { DirectWrites } from "./direct-writes.js";
import { blocks, claimedLength, isRecord, recordHeadBytes, wholeBlocks } from "./log-record.js";
import { QuickerWay } from "./quicker-way.js";

/** Bytes of the log's file; positions go on for ever and wrap around in it. Part of the files' format. */
export const logBytes = 32 * 1024 * 1024;
/** Longer records go around the log. */
export const recordBytesMax = logBytes / 8;
/** The file grows by so much at a time, so that most appends need not write its length. */
const growthBytes = 256 * 1024;

const plainFlags = constants.O_RDWR | constants.O_CREAT;
/** Where the system has it, one call writes and waits; elsewhere a second one waits. */
const isSynchronous = process.platform === "linux";
const synchronousFlags = plainFlags | (isSynchronous ? constants.O_DSYNC : 0);
/** Past the system's cache, which costs less; not every file system takes it. */
const directFlags = synchronousFlags | (isSynchronous ? constants.O_DIRECT : 0);

const dataSync = promisify(fdatasync);

/** What the file grows by; made when the first one grows. */
let zeros: Buffer | undefined;

/**
 * The write-ahead log: records one after the other in a file of fixed size that is written around and around. An
 * append is one write and one wait for the disk. Positions only grow; what a crash has torn, and what is left of an
 * earlier lap, is found by checksum and position.
 */
export class WriteAheadLog {
  readonly #path: string;
  /** Undefined until a new log is made. */
  #file: number | undefined;
  #isDirect = isSynchronous;
  #directWrites: DirectWrites | undefined;
  readonly #way = new QuickerWay(performance.now());
  #fileBytes = 0;
  /** Position of the next record, and of the oldest that is needed. */
  #end = 0;
  #needed = 0;
  /** Whether bytes of an append that failed may lie behind the end. */
  #isTorn = false;

  /** Opens the log of a path; a new one is made with its first record at the latest. */
  constructor(path: string) {
    this.#path = path;
    if (!existsSync(path)) return;
    this.#file = this.#open();
    this.#fileBytes = fstatSync(this.#file).size;
  }

  get isNew(): boolean {
    return this.#file === undefined;
  }

  /** The position after the last record. */
  get end(): number {
    return this.#end;
  }

  /** Whether a record of any allowed length can be written over nothing that is needed. */
  get hasRoom(): boolean {
    return !this.#isTorn && this.#end + 2 * recordBytesMax - this.#needed <= logBytes;
  }

  /** Where the log goes on when all of its records are no longer needed: where nothing that was ever written can fit. */
  get freshPosition(): number {
    return this.#isTorn ? (Math.floor(this.#end / logBytes) + 2) * logBytes : this.#end;
  }

  /** Records before a position are no longer needed. */
  release(position: number): void {
    this.#needed = position;
    if (position <= this.#end) return;
    this.#end = position;
    this.#isTorn = false;
  }

  /** Where a record of a length is going to stand: none wraps around the file's end. */
  place(length: number): number {
    const left = logBytes - (this.#end % logBytes);
    return wholeBlocks(length) <= left ? this.#end : this.#end + left;
  }

  /**
   * Writes a record that was finished for {@link place} and waits until the disk has it. After a failure there is no
   * room until the log is {@link release}d up to its fresh position.
   */
  async append(record: Buffer, position: number): Promise<void> {
    try {
      if (this.isNew) this.make();
      const at = position % logBytes;
      while (at + record.length > this.#fileBytes) {
        zeros ??= blocks(growthBytes);
        await this.#write(zeros, this.#fileBytes);
        this.#fileBytes += growthBytes;
      }
      await this.#overwrite(record, at);
    } catch (error) {
      this.#isTorn = true;
      throw error;
    }
    this.#end = position + record.length;
  }

  /** Goes through all records from a position on, which is then the oldest that is needed, and finds the end. */
  *recover(from: number): Generator<Buffer, void, undefined> {
    this.#needed = from;
    this.#end = from;
    if (this.isNew) return;
    const file = openSync(this.#path, "r");
    try {
      for (;;) {
        const record = nextRecord(file, this.#end);
        if (record === undefined) return;
        yield record.bytes;
        this.#end = record.end;
      }
    } finally {
      closeSync(file);
    }
  }

  /** The records from a position to the end. Each is the caller's. */
  *records(from: number): Generator<Buffer, void, undefined> {
    if (from >= this.#end) return;
    const file = openSync(this.#path, "r");
    try {
      for (let position = from; position < this.#end; ) {
        const record = nextRecord(file, position);
        if (record === undefined) {
          throw new HotkeepError("TablesUnusable", `\`${this.#path}\` is damaged at position ${position}.`, {
            help: "Check the disk, and stop whatever else writes to this directory.",
          });
        }
        yield record.bytes;
        position = record.end;
      }
    } finally {
      closeSync(file);
    }
  }

  /** Makes the file of a new log. */
  make(): void {
    this.#file = this.#open();
    syncDirectory(dirname(this.#path));
  }

  close(): void {
    this.#directWrites?.close();
    this.#directWrites = undefined;
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #open(): number {
    try {
      const file = openSync(this.#path, this.#isDirect ? directFlags : synchronousFlags, 0o600);
      if (this.#isDirect) this.#directWrites = DirectWrites.open();
      return file;
    } catch (error) {
      if (!this.#isDirect || !isInvalid(error)) throw error;
      this.#isDirect = false;
      return openSync(this.#path, synchronousFlags, 0o600);
    }
  }

  /** Writes over blocks that the file has: the system need not look for new ones, so nobody waits while it begins. */
  async #overwrite(bytes: Buffer, at: number): Promise<void> {
    const direct = this.#directWrites;
    const begun = performance.now();
    const isDirect = direct?.isWorthwhile === true && this.#way.isDirect(begun);
    if (!isDirect || !(await direct.write(this.#file!, bytes, at))) await this.#write(bytes, at);
    const now = performance.now();
    this.#way.took(isDirect, now - begun, now);
  }

  async #write(bytes: Buffer, at: number): Promise<void> {
    try {
      await writeAll(this.#file!, bytes, at);
    } catch (error) {
      if (!this.#isDirect || !isInvalid(error)) throw error;
      // The file could be opened so, and yet not be written to.
      this.#isDirect = false;
      this.close();
      this.#file = this.#open();
      await writeAll(this.#file, bytes, at);
    }
    if (!isSynchronous) await dataSync(this.#file!);
  }
}

/** The next record after one that ends at a position: there, or at the start of the next lap when it did not fit there. */
function nextRecord(file: number, position: number): { readonly bytes: Buffer; readonly end: number } | undefined {
  const nextLap = (Math.floor(position / logBytes) + 1) * logBytes;
  for (const place of [position, nextLap]) {
    const bytes = readRecord(file, place, position);
    if (bytes !== undefined) return { bytes, end: place + wholeBlocks(bytes.length) };
  }
  return undefined;
}

function readRecord(file: number, position: number, after: number): Buffer | undefined {
  const at = position % logBytes;
  const head = Buffer.alloc(recordHeadBytes);
  if (readSync(file, head, 0, recordHeadBytes, at) < recordHeadBytes) return undefined;
  const length = claimedLength(head);
  if (length < recordHeadBytes || length > recordBytesMax || at + length > logBytes) return undefined;
  const record = Buffer.allocUnsafe(length);
  if (readSync(file, record, 0, length, at) < length) return undefined;
  return isRecord(record, position, after) ? record : undefined;
}

function writeAll(file: number, bytes: Buffer, at: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = (from: number): void => {
      write(file, bytes, from, bytes.length - from, at + from, (error, written) => {
        if (error !== null) reject(error);
        else if (from + written < bytes.length) go(from + written);
        else resolve();
      });
    };
    go(0);
  });
}

function isInvalid(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EINVAL";
}

/** Without it a new file's name can be lost with the power. */
function syncDirectory(path: string): void {
  if (process.platform === "win32") return;
  const directory = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
