import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLmdbStore, prefixRange } from "@hotkeep/state";
import { buildSync } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), "hotkeep-state-"));
});
afterEach(() => rm(path, { recursive: true, force: true }));

/** A program of this folder that a plain Node.js can run; the caller removes it. */
function bundled(name: string): string {
  const outfile = join(import.meta.dirname, `${name}.${process.pid}.tmp.mjs`);
  buildSync({
    entryPoints: [join(import.meta.dirname, name)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["lmdb"],
    conditions: ["hotkeep-source"],
  });
  return outfile;
}

describe("the LMDB store", () => {
  it("finds its entries and revisions again when it is opened anew", async () => {
    const first = await openLmdbStore({ path });
    await first.transact(async (tx) => tx.put("a", 1));
    await first.transact(async (tx) => tx.put("b", { x: 2 }));
    await first.close();
    const second = await openLmdbStore({ path });
    expect(await second.get("b")).toEqual({ key: "b", value: { x: 2 }, revision: 2 });
    await second.transact(async (tx) => tx.put("c", 3));
    expect((await second.get("c"))?.revision).toBe(3);
    await second.close();
  });

  it("refuses to write when somebody else has written to its directory", async () => {
    const first = await openLmdbStore({ path });
    await first.transact(async (tx) => tx.put("a", 1));
    const second = await openLmdbStore({ path });
    await second.transact(async (tx) => tx.put("a", 2));
    const late = first.transact(async (tx) => tx.put("a", 3));
    await expect(late).rejects.toThrow("Another process has written to the state store.");
    expect((await first.get("a"))?.value).toBe(2);
    await second.close();
    await first.close();
  });

  it("says which directory cannot be used", async () => {
    const file = join(path, "file");
    await writeFile(file, "in the way");
    await expect(openLmdbStore({ path: file })).rejects.toThrow(`The state store in \`${file}\` cannot be opened:`);
  });

  it("refuses a write that the disk has no room for, and lives on", async () => {
    const program = bundled("filler.mjs");
    try {
      // A limit on the size of files stands for a full disk; bash counts it in kilobytes.
      const script = 'trap \'\' XFSZ; ulimit -f 1024; exec "$0" "$@"';
      const child = spawn("bash", ["-c", script, process.execPath, program, join(path, "full")], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      let out = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
      const [code] = await once(child, "close");
      expect(code).toBe(0);
      const { written, failure, left } = JSON.parse(out);
      expect(failure).toEqual({
        code: "StateWrite",
        message: "The state store could not be written; nothing was changed.",
      });
      expect(written).toBeGreaterThan(5);
      expect(left).toBe(written - 1);
    } finally {
      await rm(program, { force: true });
    }
  });

  it("has everything it acknowledged after kill -9", async () => {
    const program = bundled("writer.mjs");
    try {
      const directory = join(path, "killed");
      const child = spawn(process.execPath, [program, directory], { stdio: ["ignore", "pipe", "inherit"] });
      let out = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        out += text;
        if (out.length > 500 && !child.killed) child.kill("SIGKILL");
      });
      await once(child, "close");
      const acknowledged = Number(out.slice(0, out.lastIndexOf("\n")).split("\n").at(-1));
      expect(acknowledged).toBeGreaterThan(20);
      const store = await openLmdbStore({ path: directory });
      const entries = await store.range(prefixRange("key/"));
      expect(entries.length).toBeGreaterThanOrEqual(acknowledged + 1);
      expect(entries.every(({ value }, at) => value === at)).toBe(true);
      expect((await store.get("last"))?.value).toBe(entries.length - 1);
      await store.close();
    } finally {
      await rm(program, { force: true });
    }
  });
});
