import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildSync } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

describe("when the disk is full", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "hotkeep-full-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  // The log has no room first, the trees' file, or both at about the same time.
  it.each([700, 1024, 2500, 6000])(
    "at %d KB a file, refuses what does not fit, keeps the rest, and goes on when there is room",
    {
      timeout: 60_000,
    },
    async (kilobytes) => {
      const program = join(import.meta.dirname, `filler.${process.pid}.${kilobytes}.tmp.mjs`);
      buildSync({
        entryPoints: [join(import.meta.dirname, "filler.mjs")],
        outfile: program,
        bundle: true,
        platform: "node",
        format: "esm",
        external: ["lmdb"],
        conditions: ["hotkeep-source"],
      });
      try {
        // A limit on the size of files stands for a full disk; bash counts it in kilobytes.
        const script = `trap '' XFSZ; ulimit -S -f ${kilobytes}; exec "$0" "$@"`;
        const child = spawn("bash", ["-c", script, process.execPath, program, directory], {
          stdio: ["pipe", "pipe", "inherit"],
        });
        const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
        const heard = async () => JSON.parse((await lines.next()).value ?? "null");
        const { written, ...full } = await heard();
        expect(written).toBeGreaterThan(4);
        expect(full).toEqual({
          failure: { kind: "Internal", message: "The tables could not be written to." },
          left: written,
        });
        execFileSync("prlimit", ["--pid", String(child.pid), "--fsize=unlimited"]);
        child.stdin.write("there is room again\n");
        expect(await heard()).toEqual({ left: written + 99, reopened: written + 99, isWhole: true });
        const [code] = await once(child, "close");
        expect(code).toBe(0);
      } finally {
        await rm(program, { force: true });
      }
    },
  );
});
