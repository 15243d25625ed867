import { ManualClock, SeededRandom } from "@hotkeep/core";
import { describe, expect, it } from "vitest";
import { HotKeys } from "../../src/sight/hot-keys.js";
import { Watch } from "../../src/sight/watch.js";

const key = (name: string): Buffer => Buffer.from(name);

describe("the sketch of hot keys", () => {
  it("finds the keys that are looked up most among a hundred thousand, in memory for a few hundred", () => {
    const random = new SeededRandom(7);
    const hot = new HotKeys();
    for (let i = 0; i < 200_000; i++) {
      // Three keys have 10, 5 and 2 percent; everything else is spread out.
      const dice = random.below(100);
      hot.add(
        key(dice < 10 ? "first" : dice < 15 ? "second" : dice < 17 ? "third" : `k${random.below(100_000)}`),
        1,
        i / 10,
      );
    }
    const { counters, total } = hot.report(20_000);
    expect(total).toBe(200_000);
    expect(counters.length).toBeLessThanOrEqual(256);
    expect(counters.slice(0, 3).map((one) => one.key)).toEqual(["first", "second", "third"]);
    const shares = counters.slice(0, 3).map(({ count, over }) => Math.round((100 * (count - over)) / total));
    expect(shares).toEqual([10, 5, 2]);
  });

  it("speaks of the last one to two minutes only", () => {
    const hot = new HotKeys();
    hot.add(key("a"), 1, 0);
    hot.add(key("b"), 1, 61_000);
    expect(hot.report(62_000)).toMatchObject({ spanMs: 62_000, total: 2 });
    expect(hot.report(125_000)).toMatchObject({ total: 1, counters: [{ key: "b" }] });
    expect(hot.report(1_000_000)).toMatchObject({ total: 0, counters: [] });
  });

  it("is fed with every look-up while there are few, and with samples that stand for all when there are many", () => {
    const clock = new ManualClock(0);
    const watch = new Watch(clock, new SeededRandom(3));
    for (let i = 0; i < 500; i++) watch.lookUp(key(i % 2 === 0 ? "a" : "b"));
    expect(watch.hotKeys.report(clock.monotonic())).toMatchObject({
      total: 500,
      counters: [{ count: 250 }, { count: 250 }],
    });
    let lookUps = 500;
    for (let second = 0; second < 10; second++) {
      for (let i = 0; i < 100_000; i++, lookUps++) watch.lookUp(key(i % 4 === 0 ? "a" : `${i}`));
      clock.advance(1_000);
    }
    const { total, counters } = watch.hotKeys.report(clock.monotonic());
    expect(Math.abs(total / lookUps - 1)).toBeLessThan(0.05);
    expect(counters[0]!.key).toBe("a");
    expect(Math.abs((counters[0]!.count - counters[0]!.over) / total - 0.25)).toBeLessThan(0.03);
  });
});
