import { closeSync, fdatasync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { HotkeepError, type Logger, type Random } from "@hotkeep/core";
import { open, type RootDatabase, type RootDatabaseOptionsWithPath } from "lmdb";
import type { TablesLimits } from "../limits.js";
import { HeldTransaction } from "./held-transaction.js";
import { changesOf, LogRecord } from "./log-record.js";
import { Rows, rowEncoding } from "./rows.js";
import { recordBytesMax, WriteAheadLog } from "./write-ahead-log.js";

/** The row that names the process these files belong to; text keys of the catalog never begin so. */
const ownerKey = Buffer.from([0]);
const ownerBytes = 16;
/** The row with the position in the log up to which the trees have everything. */
const logKey = Buffer.from([1]);
/** Spaces of rows by the number that the log knows them by. Part of the files' format. */
const spaceNames = ["items", "catalog", "tokens", "streams"] as const;
export type SpaceName = (typeof spaceNames)[number];

/** The number that the log knows a space of rows by. */
export function spaceId(name: SpaceName): number {
  return spaceNames.indexOf(name);
}

/** 8 KB pages hold keys of up to 4,026 bytes, which an index entry with the longest keys needs. */
export const pageBytes = 8192;
/**
 * Rows that one transaction holds at most, while the disk is still writing the one before. LMDB keeps up to 131,072
 * changed pages in memory, and only then writes some to the file before they are committed, which must not happen here.
 */
const heldRowsMax = 32_768;
/** Writes are refused so long after a commit has failed, as on a full disk, before another one is tried. */
const retryMs = 1_000;

const dataSync = promisify(fdatasync);

/** What {@link DurableRows.open} needs from outside. */
export interface DurableRowsOptions {
  readonly path: string;
  readonly logger: Logger;
  readonly random: Random;
  readonly limits: Pick<TablesLimits, "rowsPerCheckpointMax" | "checkpointMs">;
}

/**
 * Rows in LMDB's trees, and a log before them. A write goes into a transaction of the trees that stays open, and is
 * durable when its record in the log is. Now and then a checkpoint commits the transaction, without waiting; the disk
 * is told to write it in the background, and the next one waits until that is done.
 *
 * So at any instant at most the newest commit is not wholly on disk. After the power has failed that commit cannot be
 * trusted; the one before it can, for LMDB never writes over the pages of the two newest. So opening always goes back
 * to the one before, and brings in the log's records from there on: nothing is released from the log before two
 * commits have it.
 */
export class DurableRows {
  /** Items and index entries. */
  readonly items: Rows;
  /** Table definitions, counters, what remains to be reaped. */
  readonly catalog: Rows;
  /** ClientRequestTokens of transactions. */
  readonly tokens: Rows;
  /** Records of changed items. */
  readonly streams: Rows;
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #held: HeldTransaction;
  readonly #log: WriteAheadLog;
  readonly #record = new LogRecord();
  readonly #dataFile: number;
  /** What this process wrote into the owner's row. */
  readonly #owner: Buffer;
  readonly #logger: Logger;
  readonly #limits: DurableRowsOptions["limits"];
  /** Position in the log of the newest commit. */
  #committed = 0;
  /** Rows written since then, and when the first of them was. */
  #rowsWritten = 0;
  #begunAt = 0;
  /** Why the newest commit failed, and when to try again. */
  #refusal: { readonly cause: unknown; readonly until: number } | undefined;
  #syncing: Promise<void> | undefined;
  /** Why the disk cannot be trusted any more. */
  #failure: unknown;

  private constructor(root: RootDatabase<Buffer, Buffer>, log: WriteAheadLog, options: DurableRowsOptions) {
    this.#root = root;
    this.#held = new HeldTransaction(root);
    this.#log = log;
    this.#dataFile = openSync(join(options.path, "data.mdb"), "r+");
    this.#owner = Buffer.from(options.random.bytes(ownerBytes));
    this.#logger = options.logger;
    this.#limits = options.limits;
    const [items, catalog, tokens, streams] = openSpaces(root);
    this.items = items!;
    this.catalog = catalog!;
    this.tokens = tokens!;
    this.streams = streams!;
  }

  /**
   * Opens the files, brings in what the log has, and makes them this process's own: whoever had them open before can
   * read on, but not write.
   */
  static async open(options: DurableRowsOptions): Promise<DurableRows> {
    const { path } = options;
    mkdirSync(path, { recursive: true });
    const log = new WriteAheadLog(join(path, "data.wal"));
    if (log.isNew) {
      await makeTrees(path);
      log.make();
    }
    // lmdb-js knows the option `usePreviousSnapshot`, its types do not (version 3.5.6).
    const previous = { usePreviousSnapshot: true };
    const root = openRoot(path, { noSync: true, ...previous });
    const rows = new DurableRows(root, log, options);
    try {
      await rows.#start();
      return rows;
    } catch (error) {
      await rows.#release();
      throw error;
    }
  }

  /** Whether rows have been written that no commit has yet. */
  get isHeld(): boolean {
    return this.#held.isOpen;
  }

  /** Whether it is time for a checkpoint, and nothing stands in its way. */
  get isCheckpointDue(): boolean {
    if (!this.#held.isOpen || this.#syncing !== undefined || this.#failure !== undefined) return false;
    const now = performance.now();
    if (this.#refusal !== undefined && now < this.#refusal.until) return false;
    return this.#rowsWritten >= this.#limits.rowsPerCheckpointMax || now - this.#begunAt >= this.#limits.checkpointMs;
  }

  /**
   * Makes ready for writes.
   *
   * @throws HotkeepError `TablesForeignWriter` when the files belong to another process by now; the disk's error.
   */
  ready(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#refusal !== undefined && performance.now() < this.#refusal.until) throw this.#refusal.cause;
    if (!this.#held.isOpen) this.#begin();
  }

  /** Bytes of what was written since {@link ready}. */
  get unsavedBytes(): number {
    return this.#record.length;
  }

  /** Whether nothing was written since {@link ready}. */
  get isSaved(): boolean {
    return this.#record.isEmpty;
  }

  put(rows: Rows, key: Buffer, value: Buffer): void {
    rows.putNow(key, value);
    this.#record.put(rows, key, value);
    this.#rowsWritten++;
  }

  remove(rows: Rows, key: Buffer): void {
    rows.removeNow(key);
    this.#record.remove(rows, key);
    this.#rowsWritten++;
  }

  /** Waits until the disk has everything that was written. When it throws, {@link revert} must follow. */
  async save(): Promise<void> {
    const { length } = this.#record;
    const isPast = length > recordBytesMax || !this.#log.hasRoom || this.#rowsWritten >= heldRowsMax;
    if (isPast || this.#refusal !== undefined) await this.settle();
    else {
      const position = this.#log.place(length);
      await this.#log.append(this.#record.finish(position, this.#log.end), position);
    }
    this.#record.clear();
  }

  /** Takes back everything that was written since {@link ready}. */
  revert(): void {
    this.#record.clear();
    if (this.#held.isOpen) this.#held.abort();
    this.#resume();
  }

  /** Why nothing can be read that can be trusted; undefined when all is well. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Brings what is in the log into the trees, without waiting for the disk. To be called between saves. */
  checkpoint(): void {
    if (!this.#held.isOpen) return;
    try {
      this.#commit();
    } catch (error) {
      this.#logger.error("a checkpoint of the tables failed; their log has everything", { error: String(error) });
    }
  }

  /** Two commits, both on disk: the log has nothing any more that is needed. */
  async settle(): Promise<void> {
    for (let times = 0; times < 2; times++) {
      await this.synced();
      if (!this.#held.isOpen) this.#begin();
      this.#commit();
      await this.synced();
    }
  }

  /** Waits for the checkpoint under way. @throws what keeps it from the disk. */
  async synced(): Promise<void> {
    await this.#syncing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** A commit of everything, for snapshots. To be called between saves. */
  async publish(): Promise<void> {
    await this.synced();
    if (this.#held.isOpen) this.#commit();
  }

  /** The rows as the newest commit has them, until it is done. */
  readTransaction() {
    return this.#root.useReadTransaction();
  }

  /** Closes the files. Nothing is lost when the last checkpoint fails: the log has it. */
  async close(): Promise<void> {
    try {
      await this.settle();
    } catch (error) {
      this.#logger.warn("the tables were closed without a last checkpoint; their log has everything", {
        error: String(error),
      });
    }
    await this.#release();
  }

  async #release(): Promise<void> {
    if (this.#held.isOpen) this.#held.abort();
    await this.#root.close();
    closeSync(this.#dataFile);
    this.#log.close();
  }

  /** Takes the files over, with everything that the log has. */
  async #start(): Promise<void> {
    this.#held.begin();
    const stored = storedPosition(this.catalog);
    if (stored === undefined) throw apart();
    this.#committed = stored;
    for (const record of this.#log.recover(stored)) this.#bringIn(record);
    this.catalog.putNow(ownerKey, this.#owner);
    this.#commit();
    await this.synced();
  }

  #begin(): void {
    this.#held.begin();
    this.#rowsWritten = 0;
    this.#begunAt = performance.now();
    if (this.catalog.get(ownerKey)?.equals(this.#owner)) return;
    this.#held.abort();
    throw new HotkeepError("TablesForeignWriter", "Another process has opened the tables for writing.", {
      help: "Run one gateway per data directory, and stop this one before using it from elsewhere.",
    });
  }

  /** Begins anew with everything that the log has since the newest commit; without it nothing can be read or written. */
  #resume(): void {
    try {
      this.#begin();
      for (const record of this.#log.records(this.#committed)) this.#bringIn(record);
    } catch (error) {
      this.#failure = error;
      this.#logger.error("the tables cannot go on", { error: String(error) });
    }
  }

  #bringIn(record: Buffer): void {
    const spaces = [this.items, this.catalog, this.tokens, this.streams];
    for (const { space, key, value } of changesOf(record)) {
      if (value === undefined) spaces[space]!.removeNow(key);
      else spaces[space]!.putNow(key, value);
      this.#rowsWritten++;
    }
  }

  /** Commits, and has the disk write it in the background. When it throws, the transaction is as it was. */
  #commit(): void {
    const before = this.#committed;
    const position = this.#log.freshPosition;
    this.catalog.putNow(logKey, encodePosition(position));
    try {
      this.#held.commit();
    } catch (cause) {
      this.#refusal = { cause, until: performance.now() + retryMs };
      this.#resume();
      throw cause;
    }
    this.#refusal = undefined;
    this.#committed = position;
    this.#syncing = dataSync(this.#dataFile).then(
      () => {
        this.#syncing = undefined;
        this.#log.release(before);
      },
      (error: unknown) => {
        // The system forgets which pages it has failed to write, so another try would tell nothing.
        this.#syncing = undefined;
        this.#failure = error;
        this.#logger.error("the disk has failed; start again to recover", { error: String(error) });
      },
    );
  }
}

/** Until there is a log to go back to, LMDB's own safety it is. @throws HotkeepError when there has been a log. */
async function makeTrees(path: string): Promise<void> {
  const root = openRoot(path, {});
  try {
    const catalog = openSpaces(root)[spaceId("catalog")]!;
    if ((storedPosition(catalog) ?? 0) > 0) throw apart();
    for (let commits = 0; commits < 2; commits++) {
      root.transactionSync(() => catalog.putNow(logKey, encodePosition(0)));
    }
  } finally {
    await root.close();
  }
}

/** Up to where in the log the trees have everything. */
function storedPosition(catalog: Rows): number | undefined {
  const bytes = catalog.get(logKey);
  return bytes === undefined ? undefined : Number(bytes.readBigUInt64BE(0));
}

function apart(): HotkeepError {
  return new HotkeepError("TablesUnusable", "`data.mdb` and `data.wal` do not belong together.", {
    help: "Bring back both files as they were at one moment.",
  });
}

function openRoot(path: string, options: RootDatabaseOptionsWithPath): RootDatabase<Buffer, Buffer> {
  return open<Buffer, Buffer>({
    path,
    noSubdir: false,
    pageSize: pageBytes,
    maxDbs: 8,
    overlappingSync: false,
    encoding: "binary",
    keyEncoding: "binary",
    ...options,
  });
}

function openSpaces(root: RootDatabase<Buffer, Buffer>): readonly Rows[] {
  return spaceNames.map((name, id) => new Rows(root.openDB({ name, ...rowEncoding }), id));
}

function encodePosition(position: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(position), 0);
  return bytes;
}
