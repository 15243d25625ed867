import { ManualClock } from "@hotkeep/core";
import { describe, expect, it } from "vitest";
import { RepeatedWalk } from "../src/repeated-walk.js";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("a walk that is done again and again", () => {
  it("begins after each pause, counted from the end of the one before, also after a failure", async () => {
    const clock = new ManualClock();
    const failures: unknown[] = [];
    let walks = 0;
    let end: (failure?: Error) => void = () => {};
    const walk = new RepeatedWalk({
      clock,
      everyMs: 100,
      walk: () => {
        walks++;
        return new Promise((resolve, reject) => {
          end = (failure) => (failure === undefined ? resolve() : reject(failure));
        });
      },
      onFailure: (error) => failures.push(error),
    });
    walk.start();
    clock.advance(99);
    expect(walks).toBe(0);
    clock.advance(1);
    expect(walks).toBe(1);
    clock.advance(500);
    expect(walks).toBe(1);
    end(new Error("the disk is full"));
    await turn();
    expect(failures).toEqual([new Error("the disk is full")]);
    clock.advance(100);
    expect(walks).toBe(2);
    const stopped = walk.stop();
    expect(walk.isStopped).toBe(true);
    end();
    await stopped;
    clock.advance(1_000);
    expect(walks).toBe(2);
  });

  it("is not begun when it was stopped in the pause", async () => {
    const clock = new ManualClock();
    let walks = 0;
    const walk = new RepeatedWalk({ clock, everyMs: 100, walk: async () => void walks++, onFailure: () => {} });
    walk.start();
    await walk.stop();
    walk.start();
    clock.advance(1_000);
    expect(walks).toBe(0);
  });
});
