import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { takeDataDirectory } from "../src/gateway/data-directory.js";

const folder = mkdtempSync(join(tmpdir(), "hotkeep-data-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a data directory", () => {
  it("is made with the folders above it, for its owner only", () => {
    const root = join(folder, "a", "b", "c");
    const taken = takeDataDirectory(root);
    expect(statSync(root).mode & 0o777).toBe(0o700);
    taken.release();
  });

  it("is taken back with the folders above it when the start was for nothing", () => {
    const root = join(folder, "d", "e");
    const taken = takeDataDirectory(root);
    writeFileSync(taken.credentials, "");
    mkdirSync(taken.state);
    writeFileSync(join(taken.state, "data.mdb"), "");
    taken.releaseUndone();
    expect(existsSync(join(folder, "d"))).toBe(false);
  });

  it("stays when it was there, with all that somebody else has put into it", () => {
    const root = join(folder, "own");
    mkdirSync(root);
    writeFileSync(join(root, "notes"), "mine");
    const taken = takeDataDirectory(root);
    writeFileSync(taken.credentials, "");
    taken.releaseUndone();
    expect(readdirSync(root)).toEqual(["notes"]);

    const above = join(folder, "f");
    const inner = takeDataDirectory(join(above, "g"));
    writeFileSync(join(above, "notes"), "mine");
    inner.releaseUndone();
    expect(readdirSync(above)).toEqual(["notes"]);
  });

  it("keeps everything when it held any data before", () => {
    const root = join(folder, "used");
    const first = takeDataDirectory(root);
    writeFileSync(first.credentials, "keys");
    first.release();
    const second = takeDataDirectory(root);
    mkdirSync(second.tables);
    second.releaseUndone();
    expect(readdirSync(root).sort()).toEqual(["credentials", "tables"]);
  });

  it("that is a file is refused", () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    expect(() => takeDataDirectory(file)).toThrow(`\`${file}\` cannot be a data directory: EEXIST`);
  });

  it.runIf(existsSync("/proc"))("where none can be made is refused at once", () => {
    expect(() => takeDataDirectory("/proc/nope/data")).toThrow("`/proc/nope/data` cannot be a data directory: ENOENT");
  });
});
