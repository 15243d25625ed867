import { encodeGetItemRequest, encodePreamble } from "@hotkeep/dax-wire";
import { expect, it } from "vitest";
import { memoryNode } from "../support/memory-node.js";
import { authorizeFrame } from "../support/raw-client.js";
import { eventually } from "../support/world.js";

/** What a hit may allocate between the received bytes and the bytes to be sent, one request a chunk. */
const bytesMax = 200;
const hitsToWarmUp = 50_000;
const hitsOfAStep = 500;
const steps = 41;
/** Code is compiled in the background: on a busy machine it may not be when the first rounds are measured. */
const roundsMax = 20;

it(`a hit allocates less than ${bytesMax} bytes`, async () => {
  const one = await memoryNode();
  const { tables, connection } = one;
  const keys = Array.from({ length: 100 }, (_, i) => `item ${i}`);
  for (const pk of keys) tables.items.set(`Books/${pk}`, { pk: { S: pk }, Text: { S: "x".repeat(200) } });
  let answers = 0;
  connection.write = () => {
    answers++;
    return true;
  };
  let hits = 0;
  connection.writeSteady = () => {
    hits++;
    return true;
  };
  connection.arrive(Buffer.concat([encodePreamble("Counter", null), authorizeFrame("AKIAALICE")]));
  const frames = keys.map((pk) => encodeGetItemRequest("Books", Buffer.from(pk)));
  for (const [i, frame] of frames.entries()) {
    connection.arrive(frame);
    await eventually(() => answers === i + 1, "a fill");
  }
  const ask = (count: number): void => {
    for (let i = 0; i < count; i++) connection.arrive(frames[i % frames.length]!);
  };
  let allocated = Number.POSITIVE_INFINITY;
  let rounds = 0;
  for (; rounds < roundsMax && allocated >= bytesMax; rounds++) {
    ask(hitsToWarmUp);
    const used: number[] = [];
    for (let step = 0; step < steps; step++) {
      const before = process.memoryUsage().heapUsed;
      ask(hitsOfAStep);
      used.push((process.memoryUsage().heapUsed - before) / hitsOfAStep);
    }
    // The middle one: a collection in between makes a step look better than it is, a compilation worse.
    allocated = used.sort((a, b) => a - b)[Math.floor(steps / 2)]!;
  }
  expect(hits).toBe(rounds * (hitsToWarmUp + steps * hitsOfAStep));
  expect(allocated).toBeLessThan(bytesMax);
  await one.close();
});
