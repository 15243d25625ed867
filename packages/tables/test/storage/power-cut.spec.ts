import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SeededRandom, silentLogger, systemRandom } from "@hotkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultTablesLimits } from "../../src/limits.js";
import { DurableRows } from "../../src/storage/durable-rows.js";
import { Storage } from "../../src/storage/storage.js";

const rounds = 40;
const keys = 1500;
/** What a disk writes at once, or not at all. */
const blockBytes = 4096;
const everything = { from: Buffer.from([0]), to: Buffer.from([0xff]) };
const files = ["data.mdb", "data.wal"] as const;
type Files = Readonly<Record<(typeof files)[number], Buffer>>;
type Model = Map<string, string>;

const read = (path: string): Files => ({
  "data.mdb": readFileSync(join(path, "data.mdb")),
  "data.wal": readFileSync(join(path, "data.wal")),
});

/** A file of which some of the blocks that were not synced have reached the disk before the power was gone. */
function cut(synced: Buffer, written: Buffer, reaches: () => boolean): Buffer {
  const left = Buffer.from(written);
  for (let at = 0; at < written.length; at += blockBytes) {
    const end = Math.min(at + blockBytes, written.length);
    if (synced.subarray(at, end).equals(written.subarray(at, end)) || reaches()) continue;
    left.fill(0, at, end);
    if (at < synced.length) synced.copy(left, at, at, end);
  }
  return left;
}

function stored(rows: DurableRows): Model {
  const found: Model = new Map();
  for (const { key, value } of rows.items.range(everything)) found.set(key.toString(), value.toString("latin1"));
  return found;
}

const open = (path: string) =>
  DurableRows.open({
    path,
    logger: silentLogger,
    random: systemRandom,
    // Only these tests say when.
    limits: { rowsPerCheckpointMax: Number.POSITIVE_INFINITY, checkpointMs: Number.POSITIVE_INFINITY },
  });

describe("when the power fails", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "hotkeep-power-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it(`every saved row is there afterwards, and a commit whole or not at all, whichever blocks got lost in ${rounds} cuts`, {
    timeout: 120_000,
  }, async () => {
    const random = new SeededRandom(7);
    const chance = (percent: number) => random.below(100) < percent;
    const model: Model = new Map();
    /** One commit; `save` false: it is under way when the power fails. Gives what will then be there. */
    const write = async (rows: DurableRows, into: Model, save = true) => {
      rows.ready();
      for (let left = 1 + random.below(40); left > 0; left--) {
        const key = `key ${random.below(keys)}`;
        if (chance(25)) {
          rows.remove(rows.items, Buffer.from(key));
          into.delete(key);
        } else {
          const value = Buffer.alloc(chance(4) ? 20_000 : 1 + random.below(500), random.below(256));
          rows.put(rows.items, Buffer.from(key), value);
          into.set(key, value.toString("latin1"));
        }
      }
      if (save) await rows.save();
    };
    let path = join(directory, "0");
    let unsure: Model | undefined;
    let rolledBack = 0;
    let halfWritten = 0;
    for (let round = 1; round <= rounds; round++) {
      const rows = await open(path);
      const found = stored(rows);
      if (unsure !== undefined && found.size === unsure.size && [...unsure].every(([k, v]) => found.get(k) === v)) {
        model.clear();
        for (const [key, value] of unsure) model.set(key, value);
        halfWritten++;
      }
      expect(found.size, `round ${round}`).toBe(model.size);
      for (const [key, value] of model) expect(found.get(key) === value, `round ${round}, ${key}`).toBe(true);

      for (let left = random.below(6); left > 0; left--) {
        await write(rows, model);
        if (chance(40)) {
          await rows.synced();
          rows.checkpoint();
        }
      }
      await rows.synced();
      await write(rows, model);
      const before = read(path);
      if (chance(75)) {
        rows.checkpoint();
        rolledBack++;
      }
      for (let left = random.below(4); left > 0; left--) await write(rows, model);
      const saved = read(path);
      unsure = undefined;
      let after = saved;
      if (chance(50)) {
        unsure = new Map(model);
        await write(rows, unsure, false);
        await rows.save();
        after = read(path);
      }
      const odds = [0, 20, 50, 90, 100][random.below(5)]!;
      const left: Files = {
        "data.mdb": cut(before["data.mdb"], after["data.mdb"], () => chance(odds)),
        "data.wal": cut(saved["data.wal"], after["data.wal"], () => chance(odds)),
      };
      await rows.close();
      path = join(directory, String(round));
      mkdirSync(path);
      for (const file of files) writeFileSync(join(path, file), left[file]);
    }
    // The cuts were of the kinds that matter.
    expect(rolledBack).toBeGreaterThan(rounds / 4);
    expect(halfWritten).toBeGreaterThan(0);
  });

  it("every saved row is there afterwards, however often the log has gone around", { timeout: 120_000 }, async () => {
    let path = join(directory, "0");
    const newest = new Map<string, number>();
    for (let round = 1; round <= 5; round++) {
      const rows = await open(path);
      for (const [key, fill] of newest) {
        expect(rows.items.get(Buffer.from(key))?.equals(Buffer.alloc(3_000_000, fill)), `${key}, ${round}`).toBe(true);
      }
      const write = async (step: number) => {
        rows.ready();
        rows.put(rows.items, Buffer.from(`key ${step % 5}`), Buffer.alloc(3_000_000, round * 20 + step));
        await rows.save();
        newest.set(`key ${step % 5}`, round * 20 + step);
      };
      for (let step = 0; step < 6; step++) {
        await write(step);
        if (step < 5 && step > 0) continue;
        rows.checkpoint();
        await rows.synced();
      }
      let before = read(path);
      const settle = rows.settle.bind(rows);
      rows.settle = async () => {
        await settle();
        before = read(path);
      };
      for (let step = 6; step < 8 + 2 * round; step++) await write(step);
      rows.checkpoint();
      const after = read(path);
      const left = cut(before["data.mdb"], after["data.mdb"], () => false);
      await rows.close();
      path = join(directory, String(round));
      mkdirSync(path);
      writeFileSync(join(path, "data.mdb"), left);
      writeFileSync(join(path, "data.wal"), after["data.wal"]);
    }
  });

  it("what was released is there afterwards, and what was still held is there whole or not at all", {
    timeout: 60_000,
  }, async () => {
    const random = new SeededRandom(11);
    const names = Array.from({ length: 8 }, (_, index) => `key ${index}`);
    const path = join(directory, "cut");
    mkdirSync(path);
    const storage = await Storage.open({
      path: join(directory, "whole"),
      logger: silentLogger,
      random: systemRandom,
      limits: { ...defaultTablesLimits, rowsPerCheckpointMax: 20 },
    });
    /** The step that all rows are of after the power was gone with the files like this. */
    const stepIn = async (left: Files) => {
      for (const file of files) writeFileSync(join(path, file), left[file]);
      const rows = await open(path);
      const found = new Set(names.map((name) => rows.items.get(Buffer.from(name))?.readUInt32LE(0)));
      await rows.close();
      expect(found.size).toBe(1);
      return [...found][0];
    };
    let saved = read(join(directory, "whole"));
    for (let step = 1; step <= 20; step++) {
      const row = Buffer.alloc(2_000, step);
      row.writeUInt32LE(step);
      let durable: Promise<void> | undefined;
      await storage.transact(
        (transaction) => {
          for (const name of names) transaction.put(storage.items, Buffer.from(name), row);
        },
        { until: (promise) => (durable = promise) },
      );
      const held = read(join(directory, "whole"));
      const reaches = () => random.below(100) < [0, 50, 100][step % 3]!;
      const cutShort = { ...held, "data.wal": cut(saved["data.wal"], held["data.wal"], reaches) };
      expect(durable).toBeDefined();
      await durable;
      saved = read(join(directory, "whole"));
      expect(await stepIn(saved), `released, step ${step}`).toBe(step);
      if (step > 1) expect([step - 1, step], `held, step ${step}`).toContain(await stepIn(cutShort));
    }
    await storage.close();
  });
});
