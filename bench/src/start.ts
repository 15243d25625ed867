import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHotkeep, takeLoopbackRange } from "hotkeep/testing";
import type { Figures } from "./figures.js";

function middle(figures: readonly number[]): number {
  return Math.round([...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)]!);
}

/** From spawning the built program to its ready line: on an empty directory, with the world, and again on the same one. */
export async function start({ rounds }: { rounds: number }): Promise<Figures> {
  const range = await takeLoopbackRange();
  const first: number[] = [];
  const second: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const dataDirectory = mkdtempSync(join(tmpdir(), "hotkeep-bench-"));
      for (const times of [first, second]) {
        const hotkeep = await startHotkeep({ dataDirectory, range });
        times.push(hotkeep.startedInMs);
        await hotkeep.stop();
      }
      rmSync(dataDirectory, { recursive: true, force: true });
    }
  } finally {
    range.release();
  }
  const figures = { first_start_ms: middle(first), second_start_ms: middle(second) };
  process.stdout.write(`ready after, medians of ${rounds}\n`);
  process.stdout.write(`  first start, world included  ${figures.first_start_ms} ms\n`);
  process.stdout.write(`  second start                 ${figures.second_start_ms} ms\n`);
  return figures;
}
