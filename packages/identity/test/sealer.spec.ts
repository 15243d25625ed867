import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memorySealer, openSealer } from "@hotkeep/identity";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let directory: string;
let keyPath: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "hotkeep-sealer-"));
  keyPath = join(directory, "sealing.key");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe("a sealer", () => {
  it("opens what it sealed, for the same purpose only, and never seals twice alike", () => {
    const sealer = memorySealer();
    const sealed = sealer.seal("geheim: ü", "access-key/AKIA1");
    expect(sealer.open(sealed, "access-key/AKIA1")).toBe("geheim: ü");
    expect(sealed).not.toContain("geheim");
    expect(sealer.seal("geheim: ü", "access-key/AKIA1")).not.toBe(sealed);
    expect(() => sealer.open(sealed, "access-key/AKIA2")).toThrow("cannot be opened with this sealing key");
    expect(() => memorySealer().open(sealed, "access-key/AKIA1")).toThrow("cannot be opened with this sealing key");
  });

  it("refuses sealed text that was changed or cut", () => {
    const sealer = memorySealer();
    const sealed = sealer.seal("secret", "p");
    const flipped = sealed.slice(0, 30) + (sealed[30] === "A" ? "B" : "A") + sealed.slice(31);
    for (const broken of [
      sealed.slice(0, -4),
      sealed.slice(0, 20),
      "",
      sealed.replace("1.", "2."),
      flipped,
      `${sealed}AAAA`,
    ]) {
      expect(() => sealer.open(broken, "p")).toThrow("cannot be opened");
    }
  });

  it("keeps its key in a file that only its owner may read, and finds it again", async () => {
    const sealed = (await openSealer({ keyPath })).seal("secret", "p");
    expect((await stat(keyPath)).mode & 0o777).toBe(0o600);
    expect((await readFile(keyPath, "utf8")).trim()).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect((await openSealer({ keyPath })).open(sealed, "p")).toBe("secret");
  });

  it("refuses a key file that others may read or that holds no key", async () => {
    await openSealer({ keyPath });
    await chmod(keyPath, 0o644);
    await expect(openSealer({ keyPath })).rejects.toMatchObject({
      code: "SealingKey",
      message: `Others may read the sealing key \`${keyPath}\`.`,
    });
    await chmod(keyPath, 0o600);
    await writeFile(keyPath, "short");
    await expect(openSealer({ keyPath })).rejects.toThrow("does not hold 32 bytes in base64");
    await expect(openSealer({ keyPath: join(directory, "no", "such") })).rejects.toThrow("cannot be made");
  });
});
