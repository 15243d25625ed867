import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
const mebibyte = 1024 * 1024;

/** Fills a cache in a process of its own, where nothing else makes buffers; prints their bytes before and at most. */
const program = `
  import { ByteCache, MemoryBudget } from "@hotkeep/node";
  const mebibyte = ${mebibyte};
  const budget = new MemoryBudget(32 * mebibyte, "memory");
  const [items, pages] = [new ByteCache(budget, 7), new ByteCache(budget, 7)];
  const key = Buffer.alloc(12, "k");
  const response = Buffer.alloc(400_000, "r");
  // Segments that the tables have taken the place of are the collector's, whenever it comes by.
  const bytesOf = () => (gc(), process.memoryUsage().arrayBuffers);
  const before = bytesOf() - budget.bytesHeld;
  let most = 0;
  let turn = 0;
  let next;
  for (const lengths of [[200], [100, 2_000, 50_000], [300_000, 150, 400_000], [60], [30_000, 130_000]]) {
    next = 0;
    for (let put = 0; put < 3 * 32 * mebibyte; turn++) {
      const length = lengths[turn % lengths.length];
      key.writeUInt32LE(turn);
      (turn % 5 === 0 ? pages : items).put(key, response.subarray(0, length), turn, Infinity);
      put += length + 100;
      if (put < next) continue;
      most = Math.max(most, bytesOf());
      next = put + 4 * mebibyte;
    }
  }
  console.log(JSON.stringify({ before, most, evicted: items.evictedBytes + pages.evictedBytes }));
`;

it("the buffers of a cache never take more memory than its cap, whatever is put through it", async () => {
  const { stdout } = await run(process.execPath, ["--expose-gc", "--input-type=module", "--eval", program]);
  const { before, most, evicted } = JSON.parse(stdout) as { before: number; most: number; evicted: number };
  expect(evicted).toBeGreaterThan(10 * 32 * mebibyte);
  expect(most - before).toBeGreaterThan(24 * mebibyte);
  expect(most - before).toBeLessThanOrEqual(32 * mebibyte);
});
