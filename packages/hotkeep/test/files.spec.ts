import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCredentialsFile, writeCredentialsFile } from "../src/gateway/credentials-file.js";
import { takeDataDirectory } from "../src/gateway/data-directory.js";
import { denialLogLimits, findDenials } from "../src/gateway/denial-log.js";
import { LineLog } from "../src/gateway/line-log.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hotkeep-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the data directory", () => {
  it("belongs to one living process at a time", () => {
    const held = takeDataDirectory(join(folder, "data"));
    writeFileSync(join(folder, "data", "gateway.pid"), "1\n");
    expect(() => takeDataDirectory(join(folder, "data"))).toThrow(/process 1 already runs on/);
    held.release();
    expect(existsSync(join(folder, "data", "gateway.pid"))).toBe(false);
  });

  it("is taken over from a process that was killed", () => {
    takeDataDirectory(folder);
    writeFileSync(join(folder, "gateway.pid"), "999999999\n");
    expect(() => takeDataDirectory(folder).release()).not.toThrow();
  });

  it.runIf(existsSync("/proc/1/stat"))("is taken over when the process id went to another program", () => {
    takeDataDirectory(folder);
    writeFileSync(join(folder, "gateway.pid"), "1 12345678901\n");
    expect(() => takeDataDirectory(folder).release()).not.toThrow();
  });
});

describe("the credentials file", () => {
  it("is read by its owner only, and says what was written", () => {
    const path = join(folder, "credentials");
    const profiles = {
      root: { accessKeyId: "AKIAROOT", secretAccessKey: "se/cr+et=" },
      alice: { accessKeyId: "AKIAALICE", secretAccessKey: "other" },
    };
    writeCredentialsFile(path, profiles);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readCredentialsFile(path)).toEqual(profiles);
  });
});

describe("the denial log", () => {
  const fail = (error: unknown) => {
    throw error;
  };
  const denial = (id: string, message = "no") => ({
    ...{ id, at: 0, hop: "caller" as const, principal: "p", action: "dax:GetItem", resource: "r", message },
    reasons: ["nothing denies it"],
  });

  it("finds a denial by its id after it was opened again", async () => {
    const log = new LineLog(join(folder, "denials"), fail, denialLogLimits);
    log.append(denial("one"));
    await log.settle();
    const again = new LineLog(join(folder, "denials"), fail, denialLogLimits);
    again.append(denial("two"));
    await again.settle();
    expect(findDenials(join(folder, "denials"), "one")[0]).toEqual(denial("one"));
    expect(findDenials(join(folder, "denials"), "two")[0]).toEqual(denial("two"));
    expect(findDenials(join(folder, "denials"), "on")[0]).toBeUndefined();
  });

  it("turns over at its bound and keeps one older file", async () => {
    const log = new LineLog(join(folder, "denials"), fail, denialLogLimits);
    const large = "x".repeat(denialLogLimits.fileBytesMax / 4);
    const write = async (ids: readonly string[]) => {
      for (const id of ids) {
        log.append(denial(id, large));
        await log.settle();
      }
    };
    await write(["a", "b", "c", "d", "e"]);
    expect(findDenials(join(folder, "denials"), "a")[0]?.id).toBe("a");
    expect(findDenials(join(folder, "denials"), "e")[0]?.id).toBe("e");
    await write(["f", "g", "h", "i"]);
    expect(findDenials(join(folder, "denials"), "a")[0]).toBeUndefined();
    expect(statSync(join(folder, "denials")).size).toBeLessThanOrEqual(denialLogLimits.fileBytesMax);
  });

  it("lets go what a flood of denials brings faster than it can be written, and says how many", async () => {
    const log = new LineLog(join(folder, "denials"), fail, denialLogLimits);
    const large = "x".repeat(denialLogLimits.fileBytesMax / 8);
    for (let i = 0; i < 20; i++) log.append(denial(`flood-${i}`, large));
    await log.settle();
    expect(findDenials(join(folder, "denials"), "flood-0")[0]?.id).toBe("flood-0");
    expect(findDenials(join(folder, "denials"), "flood-19")[0]).toBeUndefined();
    expect(log.dropped).toBeGreaterThan(0);
  });
});
