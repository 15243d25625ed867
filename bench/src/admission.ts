import { SeededRandom } from "@hotkeep/core";
import { ByteCache, MemoryBudget } from "@hotkeep/node";
import type { Figures } from "./figures.js";

const response = Buffer.alloc(200, 7);
const keyBytes = 20;
/** Bytes that an entry of these is charged. */
const entryBytes = 290;

/** A share of reads like those that others have published figures for, and how many entries the cache holds. */
interface Trace {
  readonly figure: string;
  readonly title: string;
  readonly capacity: number;
  keys(random: SeededRandom): Iterable<number>;
}

/** YCSB's default: popularity falls with rank to the power of 0.99. */
function zipf(random: SeededRandom, keys: number): () => number {
  const sums = new Float64Array(keys);
  let sum = 0;
  for (let rank = 0; rank < keys; rank++) {
    sum += 1 / (rank + 1) ** 0.99;
    sums[rank] = sum;
  }
  return () => {
    const wanted = (random.bytes(6).reduce((all, byte) => all * 256 + byte, 0) / 2 ** 48) * sum;
    let [low, high] = [0, keys - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sums[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

const hotKeys = 20_000;

const traces: readonly Trace[] = [
  {
    figure: "zipf",
    title: "Zipf 0.99 (YCSB), cache for 10 % of the keys",
    capacity: 2_000,
    *keys(random) {
      const next = zipf(random, hotKeys);
      for (let i = 0; i < 400_000; i++) yield next();
    },
  },
  {
    figure: "zipf_scan",
    title: "the same, and after every 20,000 a scan of 10,000 others",
    capacity: 2_000,
    *keys(random) {
      const next = zipf(random, hotKeys);
      for (let i = 0; i < 400_000; i++) {
        yield next();
        if (i % 20_000 === 19_999) for (let scanned = 0; scanned < 10_000; scanned++) yield 1e6 + scanned;
      }
    },
  },
  {
    figure: "loop",
    title: "a loop over 1.5 times what fits (LIRS, ARC)",
    capacity: 2_000,
    *keys() {
      for (let i = 0; i < 200_000; i++) yield i % 3_000;
    },
  },
  {
    figure: "shift",
    title: "Zipf 0.99 whose hot keys change at each quarter",
    capacity: 2_000,
    *keys(random) {
      const next = zipf(random, hotKeys);
      for (let i = 0; i < 400_000; i++) yield next() + Math.floor(i / 100_000) * hotKeys;
    },
  },
];

/** Share of a trace's reads that find their entry; a read that does not puts it there. */
function hitRatio(trace: Trace, admission: "lru" | "frequent"): number {
  const cache = new ByteCache(new MemoryBudget(trace.capacity * entryBytes), 11);
  cache.admission = admission;
  const key = Buffer.alloc(keyBytes);
  let [reads, hits] = [0, 0];
  for (const number of trace.keys(new SeededRandom(7))) {
    key.writeUInt32LE(number, 0);
    reads++;
    if (cache.find(key, 0, keyBytes, reads) !== undefined) hits++;
    else cache.put(key, response, reads, Number.POSITIVE_INFINITY);
  }
  return (100 * hits) / reads;
}

/** Hit ratios of both ways to choose what stays; no time is measured, and every run gives the same. */
export async function admission(): Promise<Figures> {
  process.stdout.write("hit ratio in percent                                              lru  frequent\n");
  const figures: Record<string, number> = {};
  for (const trace of traces) {
    const [lru, frequent] = [hitRatio(trace, "lru"), hitRatio(trace, "frequent")];
    process.stdout.write(
      `  ${trace.title.padEnd(58)}${lru.toFixed(1).padStart(9)}${frequent.toFixed(1).padStart(10)}\n`,
    );
    figures[`${trace.figure}_lru`] = Number(lru.toFixed(1));
    figures[`${trace.figure}_frequent`] = Number(frequent.toFixed(1));
  }
  return figures;
}
