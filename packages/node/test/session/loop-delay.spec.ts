import { ManualClock } from "@hotkeep/core";
import { encodeBatchGetItemRequest, encodeGetItemRequest, encodePutItemRequest } from "@hotkeep/dax-wire";
import { afterEach, describe, expect, it } from "vitest";
import { LoopDelay } from "../../src/session/loop-delay.js";
import { RawClient } from "../support/raw-client.js";
import { ShiftedClock, startWorld, type World } from "../support/world.js";

const limits = { loopDelayMsMax: 300, loopDelayProbeMs: 100 };

/** A clock whose timers fire late. */
class LateClock extends ManualClock {
  lateMs = 0;
  override after(delayMs: number, fire: () => void) {
    return super.after(delayMs + this.lateMs, fire);
  }
}

describe("the event loop's delay", () => {
  it("is what every one of the last three probes was late by, so that one pause does not count", () => {
    const clock = new LateClock();
    const delay = new LoopDelay(clock, limits);
    delay.start();
    clock.advance(1_000);
    expect([delay.ms, delay.tooLong]).toEqual([0, false]);
    clock.lateMs = 400;
    clock.advance(100 + 2 * 500);
    expect([delay.ms, delay.tooLong]).toEqual([0, false]);
    clock.advance(500);
    expect([delay.ms, delay.tooLong]).toEqual([400, true]);
  });

  it("is forgotten with the first probe that is in time again", () => {
    const clock = new LateClock();
    clock.lateMs = 301;
    const delay = new LoopDelay(clock, limits);
    delay.start();
    clock.advance(3 * 401);
    expect(delay.tooLong).toBe(true);
    clock.lateMs = 0;
    clock.advance(401 + 100);
    expect([delay.ms, delay.tooLong]).toEqual([0, false]);
  });

  it("is accepted up to its limit, to the millisecond", () => {
    const clock = new LateClock();
    clock.lateMs = 300;
    const delay = new LoopDelay(clock, limits);
    delay.start();
    clock.advance(3 * 400);
    expect([delay.ms, delay.tooLong]).toEqual([300, false]);
  });
});

/** The machine's clock, on which the event loop's probes find that they are late. */
class LateProbes extends ShiftedClock {
  late = false;
  override after(delayMs: number, fire: () => void) {
    if (delayMs !== probeMs) return super.after(delayMs, fire);
    return super.after(delayMs, () => {
      if (this.late) this.advance(400);
      fire();
    });
  }
}
const probeMs = 7;

describe("a node whose event loop is late", () => {
  let world: World | undefined;
  let dax: RawClient | undefined;

  afterEach(async () => {
    dax?.close();
    await world?.close();
  });

  it("serves what is in memory, throttles everything else with nothing done, and recovers", async () => {
    const clock = new LateProbes();
    world = await startWorld({ clock, limits: { loopDelayProbeMs: probeMs, authorizationMs: 1e9 } });
    const { node, tables } = world;
    dax = await RawClient.authorized(node.port, "AKIAALICE");
    const get = (key: string) => encodeGetItemRequest("Books", Buffer.from(key));
    const put = encodePutItemRequest("Books", Buffer.from("a"), Buffer.from([1]));
    const batch = (...keys: string[]) =>
      encodeBatchGetItemRequest(
        "Books",
        keys.map((key) => Buffer.from(key)),
      );
    expect((await dax.ask(get("a"))).codes).toEqual([]);
    clock.late = true;
    const throttling = [4, 37, 38, 39, 50];
    let answer = await dax.ask(get("0"));
    for (let i = 1; answer.codes.length === 0; i++) answer = await dax.ask(get(`${i}`));
    clock.late = false;
    expect(answer.codes).toEqual(throttling);
    expect(answer.info?.slice(1)).toEqual(["ThrottlingException", 400]);
    expect(answer.message).toBe("The node is overloaded; it serves only what it has in memory.");
    expect(node.metrics().ThrottledRequestCount).toBe(1);
    let recovered = await dax.ask(get("new"));
    while (recovered.codes.length > 0) recovered = await dax.ask(get("new"));
    clock.late = true;
    while ((await dax.ask(put)).codes.length === 0);
    const callsBefore = tables.calls.length;
    expect((await dax.ask(get("a"))).codes).toEqual([]);
    expect((await dax.ask(batch("a", "new"), 2)).codes).toEqual([]);
    expect((await dax.ask(batch("a", "z"))).codes).toEqual(throttling);
    expect((await dax.ask(get("z"))).codes).toEqual(throttling);
    expect((await dax.ask(put)).codes).toEqual(throttling);
    expect(tables.calls.length).toBe(callsBefore);
  });
});
