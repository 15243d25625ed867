import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCredentialsFile, writeCredentialsFile } from "../src/gateway/credentials-file.js";
import { takeDataDirectory } from "../src/gateway/data-directory.js";
import { DenialLog, denialLogBytesMax } from "../src/gateway/denial-log.js";

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
  const denial = (id: string, message = "no") => ({
    ...{ id, at: 0, hop: "caller" as const, principal: "p", action: "dax:GetItem", resource: "r", message },
    reasons: ["nothing denies it"],
  });

  it("finds a denial by its id after it was opened again", () => {
    new DenialLog(join(folder, "denials")).append(denial("one"));
    const again = new DenialLog(join(folder, "denials"));
    again.append(denial("two"));
    expect(again.find("one")).toEqual(denial("one"));
    expect(again.find("on")).toBeUndefined();
  });

  it("turns over at its bound and keeps one older file", () => {
    const log = new DenialLog(join(folder, "denials"));
    const large = "x".repeat(denialLogBytesMax / 4);
    for (const id of ["a", "b", "c", "d", "e"]) log.append(denial(id, large));
    expect(log.find("a")?.id).toBe("a");
    expect(log.find("e")?.id).toBe("e");
    for (const id of ["f", "g", "h", "i"]) log.append(denial(id, large));
    expect(log.find("a")).toBeUndefined();
    expect(statSync(join(folder, "denials")).size).toBeLessThanOrEqual(denialLogBytesMax);
  });
});
