import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Runs `start` so that programs it starts believe that it is `aheadMs` later (negative: earlier) than it is. The
 * program is the real one; only its `Date.now` is another. Programs started at the same time elsewhere in this process
 * would believe it too.
 */
export async function withShiftedClock<Result>(aheadMs: number, start: () => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "hotkeep-clock-"));
  const file = join(folder, "clock.mjs");
  writeFileSync(file, `const now = Date.now;\nDate.now = () => now() + ${aheadMs};\n`);
  const before = process.env.NODE_OPTIONS;
  process.env.NODE_OPTIONS = `${before ?? ""} --import ${pathToFileURL(file).href}`.trim();
  try {
    return await start();
  } finally {
    if (before === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before;
    rmSync(folder, { recursive: true, force: true });
  }
}
