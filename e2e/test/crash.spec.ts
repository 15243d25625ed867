import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import { SeededRandom } from "@hotkeep/core";
import { checkTables } from "@hotkeep/tables";
import { type RunningHotkeep, startHotkeep, takeLoopbackRange } from "hotkeep/testing";
import { describe, expect, it } from "vitest";
import { Owner } from "../src/crash/owner.js";
import { streamFaults } from "../src/crash/replay.js";
import { indexFaults, nameOf, readAll, type Snapshot } from "../src/crash/snapshot.js";
import { balanceFaults, Teller } from "../src/crash/teller.js";
import { accountKey, createWorld, type Item, indexes, ledger, orders } from "../src/crash/world.js";

/** What the files hold right after a kill, walked by a process that is not the gateway. */
async function checkFiles(dataDirectory: string, when: string): Promise<void> {
  const { faults, items, entries } = await checkTables(join(dataDirectory, "tables"));
  expect(faults, when).toEqual([]);
  // The world has more accounts than that from the beginning on.
  expect(Math.min(items, entries), when).toBeGreaterThan(5);
}

// `HOTKEEP_CRASH_ROUNDS=50` is the long run; another seed is another run.
const rounds = Number(process.env.HOTKEEP_CRASH_ROUNDS ?? 8);
const seed = Number(process.env.HOTKEEP_CRASH_SEED ?? 20261123);
const owners = 8;
const tellers = 4;

const clientOf = ({ endpoint, region, credentials }: RunningHotkeep) =>
  new DynamoDB({ endpoint, region, credentials: { ...credentials.root! }, maxAttempts: 1 });

describe("kill -9 under mixed load", () => {
  it(`keeps every acknowledged write, transaction and index entry in ${rounds} rounds`, {
    timeout: 120_000 + rounds * 60_000,
  }, async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), "hotkeep-crash-"));
    const range = await takeLoopbackRange();
    const random = new SeededRandom(seed);
    const owning = Array.from({ length: owners }, (_, index) => new Owner(index, new SeededRandom(seed + 1 + index)));
    const paying = Array.from({ length: tellers }, (_, index) => new Teller(index, new SeededRandom(seed - 1 - index)));
    const start = () => startHotkeep({ dataDirectory, range, empty: true });

    const check = async (client: DynamoDB, when: string) => {
      const first = await readAll(client);
      const faults = [...indexFaults(first), ...balanceFaults(first)];
      for (const owner of owning) faults.push(...owner.settle(first));
      for (const teller of paying) faults.push(...teller.faults(first));
      expect(faults, when).toEqual([]);
      for (const teller of paying) await teller.resend(client);
      const second = await readAll(client);
      expect(balanceFaults(second), `${when}, after sending again`).toEqual([]);
      for (const teller of paying) expect(teller.faults(second), `${when}, after sending again`).toEqual([]);
    };

    for (let round = 1; round <= rounds; round++) {
      const hotkeep = await start();
      const client = clientOf(hotkeep);
      let killed = false;
      try {
        if (round === 1) await createWorld(client);
        else await check(client, `seed ${seed}, after kill ${round - 1}`);
        const load = Promise.all(
          [...owning, ...paying].map(async (writer) => {
            await writer.run(client);
            if (!killed) throw new Error("a call stayed without an answer while the gateway ran");
          }),
        );
        await Promise.race([load, wait(50 + random.below(1150))]);
        killed = true;
        await hotkeep.kill();
        await load;
        await checkFiles(dataDirectory, `seed ${seed}, the files after kill ${round}`);
      } finally {
        client.destroy();
        if (!killed) await hotkeep.kill();
      }
    }

    const hotkeep = await start();
    const client = clientOf(hotkeep);
    await check(client, `seed ${seed}, after the last kill`);
    const { endpoint, region, credentials } = hotkeep;
    const streams = new DynamoDBStreams({ endpoint, region, credentials: { ...credentials.root! } });
    expect(await streamFaults(streams, orders, await readAll(client)), `seed ${seed}, the stream`).toEqual([]);
    // The checker can tell.
    expect(await streamFaults(streams, orders, { items: new Map(), entries: new Map() })).not.toEqual([]);
    streams.destroy();
    client.destroy();
    await hotkeep.stop();
    range.release();
    rmSync(dataDirectory, { recursive: true, force: true });

    // Every kind of write was under way, the refused ones too.
    const answered = new Map<string, number>();
    for (const owner of owning)
      for (const [what, count] of owner.answered) answered.set(what, (answered.get(what) ?? 0) + count);
    for (const what of ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"])
      expect(answered.get(what), what).toBeGreaterThan(rounds);
    const sum = (of: (teller: Teller) => number) => paying.reduce((total, teller) => total + of(teller), 0);
    expect(sum((teller) => teller.acknowledged)).toBeGreaterThan(rounds);
    expect(sum((teller) => teller.refused)).toBeGreaterThan(0);
    const calls = [...answered.values()].reduce(
      (total, count) => total + count,
      sum((teller) => teller.acknowledged),
    );
    const open = owning.reduce((total, { open }) => total + open.calls, 0);
    const happened = owning.reduce((total, { open }) => total + open.happened, 0);
    process.stdout.write(
      `${rounds} kills, seed ${seed}: ${calls} answered writes; ${open} of the owners' calls cut off, ${happened} of them had happened\n`,
    );
  });
});

describe("the checker of the crash test", () => {
  it("finds a store that lost what it had acknowledged", async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), "hotkeep-crash-checker-"));
    const range = await takeLoopbackRange();
    const older = `${dataDirectory}-older`;
    const start = () => startHotkeep({ dataDirectory, range, empty: true });
    const first = await start();
    const setUp = clientOf(first);
    await createWorld(setUp);
    setUp.destroy();
    await first.stop();
    cpSync(dataDirectory, older, { recursive: true });

    const owner = new Owner(0, new SeededRandom(seed));
    const teller = new Teller(0, new SeededRandom(seed));
    const second = await start();
    const writing = clientOf(second);
    const load = Promise.all([owner.run(writing), teller.run(writing)]);
    await wait(500);
    await second.kill();
    await load;
    writing.destroy();
    rmSync(dataDirectory, { recursive: true });
    cpSync(older, dataDirectory, { recursive: true });

    const third = await start();
    const reading = clientOf(third);
    const found = await readAll(reading);
    expect(owner.settle(found)).toContainEqual(
      expect.stringMatching(/^Orders\/owner 0\/order \d is nothing, must be \{/),
    );
    expect(teller.faults(found)).toContain("transfer 0-1 was acknowledged and is lost");
    reading.destroy();
    await third.stop();
    range.release();
    for (const directory of [dataDirectory, older]) rmSync(directory, { recursive: true, force: true });
  });

  const order = { pk: { S: "a" }, sk: { S: "1" }, status: { S: "open" }, stamp: { N: "1" }, version: { N: "2" } };
  const snapshot = (items: readonly (readonly [string, Item])[], entries: readonly Item[]): Snapshot => ({
    items: new Map(items.map(([table, item]) => [nameOf(table, item), item])),
    entries: new Map([[indexes[1]!, entries]]),
  });

  it("finds an item without its entry, an entry without its item, a stale one and one too many", () => {
    expect(indexFaults(snapshot([[orders, order]], [order]))).toEqual([]);
    expect(indexFaults(snapshot([[orders, order]], []))).toEqual([expect.stringMatching(/^byStatus lacks an entry: /)]);
    const extra = expect.stringMatching(/^byStatus has an entry that no item has: /);
    expect(indexFaults(snapshot([], [order]))).toEqual([extra]);
    expect(indexFaults(snapshot([[orders, order]], [order, order]))).toEqual([extra]);
    expect(indexFaults(snapshot([[orders, order]], [{ ...order, version: { N: "1" } }]))).toHaveLength(2);
  });

  it("finds half a transfer", () => {
    const account = (n: number, balance: number) =>
      [ledger, { ...accountKey(n), balance: { N: String(balance) } }] as const;
    const record = { pk: { S: "transfers" }, sk: { S: "1" }, payer: { N: "0" }, payee: { N: "1" }, total: { N: "5" } };
    const rest = [2, 3, 4, 5].map((n) => account(n, 1000));
    const whole = snapshot([account(0, 995), account(1, 1005), ...rest, [orders, record]], []);
    expect(balanceFaults(whole)).toEqual([]);
    const half = snapshot([account(0, 995), account(1, 1000), ...rest, [orders, record]], []);
    expect(balanceFaults(half)).toEqual(["account 1 has 1000, its transfers make 1005"]);
  });
});
