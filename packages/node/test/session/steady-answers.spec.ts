import { encodeGetItemRequest, encodePreamble } from "@hotkeep/dax-wire";
import { expect, it } from "vitest";
import { memoryNode } from "../support/memory-node.js";
import { authorizeFrame } from "../support/raw-client.js";
import { eventually } from "../support/world.js";

it("answers that have not left stay as they are until the transport is told", async () => {
  const one = await memoryNode({ cacheBytesMax: 4 * 1024 * 1024 });
  const { tables, connection, transport } = one;
  let waiting: { readonly memory: Buffer; readonly start: number; readonly end: number; readonly was: Buffer }[] = [];
  let lent = 0;
  let settled = 0;
  let answers = 0;
  const asItWas = () => waiting.every(({ memory, start, end, was }) => memory.subarray(start, end).equals(was));
  transport.onSettle = () => {
    settled++;
    expect(asItWas()).toBe(true);
    waiting = [];
  };
  connection.write = () => {
    answers++;
    return true;
  };
  connection.writeSteady = (memory, start, end) => {
    answers++;
    lent++;
    waiting.push({ memory, start, end, was: Buffer.from(memory.subarray(start, end)) });
    return true;
  };
  const names = Array.from({ length: 300 }, (_, i) => `item ${i}`);
  for (const pk of names) tables.items.set(`Books/${pk}`, { pk: { S: pk }, Text: { S: pk.repeat(5_000) } });
  connection.arrive(Buffer.concat([encodePreamble("Keeper", null), authorizeFrame("AKIAALICE")]));
  const ask = async (pk: string): Promise<void> => {
    const before = answers;
    connection.arrive(encodeGetItemRequest("Books", Buffer.from(pk)));
    await eventually(() => answers > before, "an answer");
  };
  // Twice the memory goes through the cache; each item is asked for again while it is there, and nothing is sent.
  for (const pk of names) {
    await ask(pk);
    await ask(pk);
    expect(asItWas()).toBe(true);
  }
  expect(lent).toBe(names.length);
  expect(settled).toBeGreaterThan(3);
  await one.close();
});
