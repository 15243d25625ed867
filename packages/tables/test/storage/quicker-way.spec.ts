import { describe, expect, it } from "vitest";
import { QuickerWay } from "../../src/storage/quicker-way.js";

/** Writes one after the other for a time; the answer: how many went directly, and how many by a thread. */
function write(way: QuickerWay, from: number, forMs: number, directMs: number, threadMs: number) {
  const gone = { direct: 0, thread: 0 };
  for (let now = from; now < from + forMs; ) {
    const isDirect = way.isDirect(now);
    const ms = isDirect ? directMs : threadMs;
    gone[isDirect ? "direct" : "thread"]++;
    now += ms;
    way.took(isDirect, ms, now);
  }
  return gone;
}

describe("the quicker way of writing", () => {
  it("is the direct one, until tries have shown something else, and again when they do", () => {
    const way = new QuickerWay(0);
    expect(write(way, 0, 1_000, 0.25, 0.25)).toEqual({ direct: 4_000, thread: 0 });
    const quiet = write(way, 1_000, 10_000, 0.25, 0.25);
    expect(quiet.thread).toBeLessThan(100);
    // The processor that finishes direct writes is taken.
    const begun = write(way, 11_000, 2_000, 4, 0.25);
    expect(begun.direct).toBeLessThan(2_000 / 4);
    const busy = write(way, 13_000, 10_000, 4, 0.25);
    expect(busy.direct * 4).toBeLessThan(500);
    write(way, 23_000, 2_000, 0.25, 0.25);
    expect(write(way, 25_000, 10_000, 0.25, 0.25).thread).toBeLessThan(100);
  });

  it("is not the thread's for a small gain", () => {
    const way = new QuickerWay(0);
    expect(write(way, 0, 10_000, 0.25, 0.22).thread).toBeLessThan(100);
  });

  it("stays the one in use when there was nothing to compare with", () => {
    const way = new QuickerWay(0);
    for (let minute = 1; minute < 100; minute++) {
      const now = minute * 60_000;
      const isDirect = way.isDirect(now);
      way.took(isDirect, isDirect ? 1 : 100, now);
    }
    expect(write(way, 6_000_000, 900, 1, 100).direct).toBeGreaterThan(0);
  });
});
