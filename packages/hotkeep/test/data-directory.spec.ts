import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
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

  it("that is a file is refused", () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    expect(() => takeDataDirectory(file)).toThrow(`\`${file}\` cannot be a data directory: EEXIST`);
  });

  it.runIf(existsSync("/proc"))("where none can be made is refused at once", () => {
    expect(() => takeDataDirectory("/proc/nope/data")).toThrow("`/proc/nope/data` cannot be a data directory: ENOENT");
  });
});
