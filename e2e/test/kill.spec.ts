import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { SeededRandom } from "@hotkeep/core";
import { type RunningHotkeep, startHotkeep, takeLoopbackRange } from "hotkeep/testing";
import { describe, expect, it } from "vitest";
import { awsClients, type DaxClient, daxClient } from "../src/clients.js";

const rounds = 20;
const writers = 6;
const seed = 20261123;

const key = (writer: number) => ({ Author: { S: `writer ${writer}` }, Title: { S: "counter" } });

function nodeOf(gateway: number): number {
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      if (Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === gateway) return Number(entry);
    } catch {
      // The process ended while the list was read.
    }
  }
  throw new Error("the gateway has no node");
}

/** Writes ever higher numbers to keys of its own until told to stop; remembers what was acknowledged and what was sent. */
class Writer {
  acknowledged = 0;
  sent = 0;
  #stopped = false;
  #over = false;
  readonly #done: Promise<void>;

  constructor(client: Pick<DaxClient, "putItem">, index: number, from: number) {
    this.acknowledged = from;
    this.sent = from;
    this.#done = this.#run(client, index);
  }

  async #run(client: Pick<DaxClient, "putItem">, index: number): Promise<void> {
    while (!this.#stopped) {
      const value = ++this.sent;
      try {
        await client.putItem({ TableName: "Books", Item: { ...key(index), Value: { N: String(value) } } });
        if (!this.#over) this.acknowledged = value;
      } catch {
        // The process under it was killed: this number may or may not be there.
        return;
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    // A call that was in flight when its server died may hang in the client for ever.
    await Promise.race([this.#done, wait(3000)]);
    // What is acknowledged later is another process's word.
    this.#over = true;
  }
}

async function stored(hotkeep: RunningHotkeep): Promise<readonly number[]> {
  const { dynamodb } = awsClients(hotkeep, hotkeep.credentials.root!);
  const values = await Promise.all(
    Array.from({ length: writers }, async (_, index) => {
      const { Item } = await dynamodb.getItem({ TableName: "Books", Key: key(index), ConsistentRead: true });
      return Number(Item?.Value?.N ?? 0);
    }),
  );
  dynamodb.destroy();
  return values;
}

describe("kill -9 during writes", () => {
  it(`loses no acknowledged write in ${rounds} rounds over gateway and node`, { timeout: 900_000 }, async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), "hotkeep-kill-"));
    const range = await takeLoopbackRange();
    const random = new SeededRandom(seed);
    let floor: readonly number[] = Array.from({ length: writers }, () => 0);
    let total = 0;
    for (let round = 0; round < rounds; round++) {
      const hotkeep = await startHotkeep({ dataDirectory, range });
      const found = await stored(hotkeep);
      const alice = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, hotkeep.credentials.alice!);
      const { dynamodb } = awsClients(hotkeep, hotkeep.credentials.root!);
      // Half of the writers go through the cluster, half to the table.
      const busy = found.map((from, index) => new Writer(index % 2 === 0 ? alice : dynamodb, index, from));
      await wait(100 + random.below(200));
      if (round % 2 === 0) await hotkeep.kill();
      else {
        process.kill(nodeOf(hotkeep.pid), "SIGKILL");
        await wait(50);
        await hotkeep.kill();
      }
      await Promise.all(busy.map((writer) => writer.stop()));
      alice.close();
      dynamodb.destroy();

      const again = await startHotkeep({ dataDirectory, range });
      const after = await stored(again);
      after.forEach((value, index) => {
        const { acknowledged, sent } = busy[index]!;
        expect(value, `round ${round}, writer ${index}`).toBeGreaterThanOrEqual(acknowledged);
        expect(value, `round ${round}, writer ${index}`).toBeLessThanOrEqual(sent);
        total += acknowledged - floor[index]!;
      });
      floor = after;
      await again.stop();
    }
    expect(total).toBeGreaterThan(rounds * writers);
    range.release();
    rmSync(dataDirectory, { recursive: true, force: true });
  });
});
