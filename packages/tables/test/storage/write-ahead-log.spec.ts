import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changesOf, LogRecord, recordHeadBytes } from "../../src/storage/log-record.js";
import { logBytes, recordBytesMax, WriteAheadLog } from "../../src/storage/write-ahead-log.js";

const items = { id: 0 };
const tokens = { id: 2 };

describe("WriteAheadLog", () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "hotkeep-log-"));
    path = join(directory, "data.wal");
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function append(log: WriteAheadLog, key: string, value = Buffer.from("value")): Promise<number> {
    const record = new LogRecord();
    record.put(items, Buffer.from(key), value);
    const position = log.place(record.length);
    await log.append(record.finish(position, log.end), position);
    return position;
  }

  function keysFrom(log: WriteAheadLog, from: number): string[] {
    return [...log.recover(from)].flatMap((record) => [...changesOf(record)].map(({ key }) => key.toString()));
  }

  it("has every record after it was opened again, and goes on behind them", async () => {
    const log = new WriteAheadLog(path);
    expect(log.isNew).toBe(true);
    expect(keysFrom(log, 0)).toEqual([]);
    for (const key of ["a", "b", "c"]) await append(log, key);
    log.close();
    const again = new WriteAheadLog(path);
    expect(again.isNew).toBe(false);
    expect(keysFrom(again, 0)).toEqual(["a", "b", "c"]);
    const position = await append(again, "d");
    again.close();
    const third = new WriteAheadLog(path);
    expect(keysFrom(third, 0)).toEqual(["a", "b", "c", "d"]);
    expect(keysFrom(third, position)).toEqual(["d"]);
    third.close();
  });

  it("keeps puts and removals of all spaces in their order", async () => {
    const log = new WriteAheadLog(path);
    const record = new LogRecord();
    expect(record.isEmpty).toBe(true);
    record.put(items, Buffer.from("a"), Buffer.alloc(100_000, 1));
    record.remove(tokens, Buffer.from("b"));
    record.put(items, Buffer.alloc(4026, 7), Buffer.alloc(0));
    await log.append(record.finish(0, 0), 0);
    const [bytes] = [...log.records(0)];
    expect([...changesOf(bytes!)]).toEqual([
      { space: 0, key: Buffer.from("a"), value: Buffer.alloc(100_000, 1) },
      { space: 2, key: Buffer.from("b"), value: undefined },
      { space: 0, key: Buffer.alloc(4026, 7), value: Buffer.alloc(0) },
    ]);
    record.clear();
    expect(record.isEmpty).toBe(true);
    log.close();
  });

  it("ends before a record of which any byte is not what was written", async () => {
    const log = new WriteAheadLog(path);
    await append(log, "a");
    const from = await append(log, "b");
    log.close();
    const whole = readFileSync(path);
    // What follows in the block is no part of the record.
    for (let at = from; at < from + recordHeadBytes + 7 + "b".length + "value".length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 0x10;
      writeFileSync(path, damaged);
      const torn = new WriteAheadLog(path);
      expect(keysFrom(torn, 0), `byte ${at - from}`).toEqual(["a"]);
      expect(torn.end).toBe(from);
      torn.close();
    }
    writeFileSync(path, whole.subarray(0, from + 30));
    const short = new WriteAheadLog(path);
    expect(keysFrom(short, 0)).toEqual(["a"]);
    short.close();
  });

  it("goes around and around, and never over what is needed", { timeout: 60_000 }, async () => {
    const log = new WriteAheadLog(path);
    const value = Buffer.alloc(recordBytesMax - 1000, 3);
    const positions: number[] = [];
    for (let at = 0; at < 40; at++) {
      if (!log.hasRoom) {
        // Nothing less than the two newest is kept.
        log.release(positions.at(-2)!);
        expect(log.hasRoom).toBe(true);
      }
      positions.push(await append(log, `${at}`, value));
      expect(positions.at(-1)! % logBytes).toBeLessThanOrEqual(logBytes - value.length);
    }
    expect(log.end).toBeGreaterThan(4 * logBytes);
    log.close();
    expect(readFileSync(path).length).toBe(logBytes);
    for (const kept of [1, 2]) {
      const again = new WriteAheadLog(path);
      expect(keysFrom(again, positions.at(-kept)!)).toEqual(["38", "39"].slice(2 - kept));
      again.close();
    }
  });

  it("goes on the usual way when the disk does not take what is written past the system's cache", async () => {
    const log = new WriteAheadLog(path);
    await append(log, "a");
    const record = new LogRecord();
    record.put(items, Buffer.from("b"), Buffer.from("value"));
    const aligned = record.finish(log.place(record.length), log.end);
    // Memory that no disk takes directly: it does not start where a block does.
    const odd = Buffer.alloc(aligned.length + 1).subarray(1);
    aligned.copy(odd);
    await log.append(odd, log.end);
    await append(log, "c");
    log.close();
    const again = new WriteAheadLog(path);
    expect(keysFrom(again, 0)).toEqual(["a", "b", "c"]);
    again.close();
  });

  it("finds nothing where records of an earlier lap stand", async () => {
    const log = new WriteAheadLog(path);
    for (const key of ["a", "b", "c"]) await append(log, key);
    log.close();
    const later = new WriteAheadLog(path);
    expect(keysFrom(later, logBytes)).toEqual([]);
    await append(later, "x");
    expect(keysFrom(later, logBytes)).toEqual(["x"]);
    later.close();
  });

  it("has no room after a failure until it is released up to where nothing old can fit", async () => {
    const log = new WriteAheadLog(path);
    await append(log, "a");
    const { end } = log;
    log.close();
    // Stands for a disk that refuses: the file cannot be made.
    const refused = new WriteAheadLog(join(directory, "no", "such", "directory"));
    await expect(append(refused, "b")).rejects.toThrow("ENOENT");
    expect(refused.hasRoom).toBe(false);
    expect(refused.end).toBe(0);
    expect(refused.freshPosition).toBe(2 * logBytes);
    refused.release(refused.freshPosition);
    expect(refused.hasRoom).toBe(true);
    expect(end).toBeGreaterThan(0);
  });
});
