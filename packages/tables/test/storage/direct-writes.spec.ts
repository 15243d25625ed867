import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DirectWrites, loadNativeWrites } from "../../src/storage/direct-writes.js";
import { blocks } from "../../src/storage/log-record.js";

const native = loadNativeWrites();
const blockBytes = 4096;
const fileBytes = 16 * blockBytes;
const { O_RDWR, O_DIRECT, O_DSYNC } = constants;
const compiled = new URL(
  `../../build/direct-writes-${process.platform}-${process.arch}-${process.versions.modules}.node`,
  import.meta.url,
);

/** Why there are none here: no compiled part, a container that forbids them, or a file system that knows no direct files. */
function whyNone(): string | undefined {
  if ("reason" in native) return native.reason;
  const opened = native.open(() => undefined);
  if (typeof opened === "number") return `the system refuses them (${opened})`;
  native.close(opened);
  const folder = mkdtempSync(join(tmpdir(), "hotkeep-direct-"));
  try {
    writeFileSync(join(folder, "file"), Buffer.alloc(fileBytes));
    closeSync(openSync(join(folder, "file"), O_RDWR | O_DIRECT | O_DSYNC));
  } catch (error) {
    return `no file in ${tmpdir()} can be written directly: ${(error as Error).message}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
  return undefined;
}

const absent = whyNone();
if (absent !== undefined) console.log(`skipped: direct writes: ${absent}`);

describe.skipIf(absent !== undefined)("direct writes", () => {
  if (!("open" in native)) return;
  let directory: string;
  let path: string;
  let file: number;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "hotkeep-direct-"));
    path = join(directory, "file");
    writeFileSync(path, Buffer.alloc(fileBytes));
    file = openSync(path, O_RDWR | O_DIRECT | O_DSYNC);
  });
  afterEach(async () => {
    closeSync(file);
    await rm(directory, { recursive: true });
  });

  const filled = (bytes: number, value: number): Buffer => blocks(bytes).subarray(0, bytes).fill(value);
  const stored = (from: number, length: number) => readFileSync(path).subarray(from, from + length);

  it("write what they are given where they are told to, one after the other", async () => {
    const writes = DirectWrites.open()!;
    for (let at = 0; at < 16; at++) {
      expect(await writes.write(file, filled(blockBytes, at + 1), at * blockBytes)).toBe(true);
    }
    for (let at = 0; at < 16; at++) {
      expect(stored(at * blockBytes, blockBytes).equals(Buffer.alloc(blockBytes, at + 1)), `block ${at}`).toBe(true);
    }
    writes.close();
  });

  it("say when not everything was written, and go on", async () => {
    const writes = DirectWrites.open()!;
    const readOnly = openSync(path, constants.O_RDONLY | O_DIRECT);
    expect(await writes.write(readOnly, filled(blockBytes, 1), 0)).toBe(false);
    closeSync(readOnly);
    expect(await writes.write(1_000_000, filled(blockBytes, 1), 0)).toBe(false);
    expect(stored(0, fileBytes).every((byte) => byte === 0)).toBe(true);
    expect(await writes.write(file, filled(blockBytes, 2), 0)).toBe(true);
    expect(stored(0, blockBytes).every((byte) => byte === 2)).toBe(true);
    writes.close();
  });

  it("are worth it until the file system has made the caller wait time and again", async () => {
    const writes = DirectWrites.open()!;
    expect(writes.isWorthwhile).toBe(true);
    for (let times = 0; times < 8; times++) await writes.write(1_000_000, filled(blockBytes, 1), 0);
    expect(writes.isWorthwhile).toBe(false);
    writes.close();
  });

  it("refuse what cannot be meant", () => {
    const done = () => undefined;
    const writes = native.open(done);
    if (typeof writes === "number") throw new Error(`open answered ${writes}`);
    const bytes = filled(blockBytes, 1);
    expect(() => native.write(writes, -1, bytes, 0)).toThrow("out of range");
    expect(() => native.write(writes, file, Buffer.alloc(0), 0)).toThrow("out of range");
    expect(() => native.write(writes, file, "bytes" as unknown as Buffer, 0)).toThrow("out of range");
    expect(() => native.write(writes, file, bytes, -1)).toThrow("out of range");
    expect(() => native.write({} as typeof writes, file, bytes, 0)).toThrow("not the writes");
    expect(() => (native.write as () => number)()).toThrow("wrong number of arguments");
    expect(() => native.open("done" as unknown as typeof done)).toThrow("out of range");
    native.close(writes);
    expect(() => native.write(writes, file, bytes, 0)).toThrow("the writes are closed");
    expect(() => native.close(writes)).toThrow("the writes are closed");
  });

  it("that are closed have written what was under way, and tell nothing of it", () => {
    let told = 0;
    const writes = native.open(() => told++);
    if (typeof writes === "number") throw new Error(`open answered ${writes}`);
    const begun = native.write(writes, file, filled(fileBytes, 5), 0);
    expect([0, fileBytes]).toContain(begun);
    // Only one at a time.
    if (begun === 0) expect(native.write(writes, file, filled(blockBytes, 6), 0)).toBeLessThan(0);
    native.close(writes);
    expect(stored(0, fileBytes).every((byte) => byte === 5)).toBe(true);
    expect(told).toBe(0);
  });

  const writeAndEnd = (way: string) => `
    const native = require(${JSON.stringify(fileURLToPath(compiled))});
    const { openSync, writeSync } = require("node:fs");
    const file = openSync(${JSON.stringify(path)}, ${O_RDWR | O_DIRECT | O_DSYNC});
    const bytes = Buffer.from(new WebAssembly.Memory({ initial: 1 }).buffer).fill(9);
    const writes = native.open((result) => writeSync(1, String(result)));
    native.write(writes, file, bytes, 0);
    ${way}`;

  it("keep a process that has nothing else to do until they are done", () => {
    const told = execFileSync(process.execPath, ["-e", writeAndEnd("")], { encoding: "utf8" });
    expect(["", String(fileBytes)]).toContain(told);
    expect(stored(0, fileBytes).every((byte) => byte === 9)).toBe(true);
  });

  it("do not outlive a process or a thread that ends in their midst", async () => {
    execFileSync(process.execPath, ["-e", writeAndEnd("process.exit(0)")]);
    expect(stored(0, fileBytes).every((byte) => byte === 9)).toBe(true);
    writeFileSync(path, Buffer.alloc(fileBytes));
    const worker = new Worker(writeAndEnd("process.exit(0)"), { eval: true, stdout: true });
    await new Promise((resolve) => worker.once("exit", resolve));
    expect(stored(0, fileBytes).every((byte) => byte === 9)).toBe(true);
  });
});
