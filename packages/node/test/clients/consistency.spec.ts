import { SeededRandom, silentLogger, systemClock, systemRandom } from "@hotkeep/core";
import {
  encodeDefineAttributeListIdRequest,
  encodeGetItemRequest,
  encodePutItemRequest,
  encodeValue,
} from "@hotkeep/dax-wire";
import { startNode } from "@hotkeep/node";
import { describe, expect, it } from "vitest";
import { RawClient } from "../support/raw-client.js";
import { RealTables } from "../support/real-tables.js";
import { allowing, StandInGateway } from "../support/stand-in-gateway.js";

describe("reads and writes of many connections at the same time", () => {
  it("a read that begins after an acknowledged write never sees an older value", async () => {
    const random = new SeededRandom(4711);
    const tables = await RealTables.open();
    await tables.createTable("Books", "pk:S");
    const gateway = new StandInGateway({ tableEndpoint: tables.url, recordTtlMs: 5 });
    gateway.user("AKIAALICE", "alice", [allowing("dax:*")]);
    const node = await startNode({ feed: gateway, clock: systemClock, random: systemRandom, logger: silentLogger });
    const setup = await RawClient.authorized(node.port, "AKIAALICE");
    const [listId] = (await setup.ask(encodeDefineAttributeListIdRequest(["v"]))).values as [number];
    setup.close();

    const keys = ["a", "b", "c"];
    /** Per key: the highest version acknowledged; a single writer per key makes versions an order. */
    const acknowledged = new Map(keys.map((key) => [key, 0]));
    const violations: string[] = [];
    let done = false;
    const writer = async (key: string): Promise<void> => {
      const client = await RawClient.authorized(node.port, "AKIAALICE");
      for (let version = 1; version <= 60; version++) {
        const item = Buffer.concat([encodeValue({ N: String(listId) }), encodeValue({ N: String(version) })]);
        const answer = await client.ask(encodePutItemRequest("Books", Buffer.from(key), item));
        expect(answer.codes).toEqual([]);
        acknowledged.set(key, version);
        await new Promise((resolve) => setTimeout(resolve, random.below(4)));
      }
      client.close();
    };
    const reader = async (): Promise<number> => {
      const client = await RawClient.authorized(node.port, "AKIAALICE");
      let reads = 0;
      while (!done) {
        const key = keys[random.below(keys.length)]!;
        const atLeast = acknowledged.get(key)!;
        const { bytes } = await client.ask(encodeGetItemRequest("Books", Buffer.from(key)));
        // 80 a0, or 80 a1 00 and a byte string that ends with a version below 256.
        const seen = bytes.length <= 2 ? 0 : bytes.at(-1)!;
        if (seen < atLeast) violations.push(`${key}: ${seen} after ${atLeast}`);
        reads++;
      }
      client.close();
      return reads;
    };
    const readers = Array.from({ length: 6 }, reader);
    await Promise.all(keys.map(writer));
    done = true;
    const reads = (await Promise.all(readers)).reduce((sum, one) => sum + one, 0);
    expect(violations).toEqual([]);
    expect(reads).toBeGreaterThan(100);
    const metrics = node.metrics();
    expect(metrics.ItemCacheMisses).toBeGreaterThan(0);
    expect(metrics.ItemCacheHits).toBeGreaterThan(0);
    await node.close();
    await tables.close();
  });
});
