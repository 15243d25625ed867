import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LoopbackRange, type RunningHotkeep, startHotkeep, takeLoopbackRange } from "hotkeep/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { awsClients, daxClient } from "../src/clients.js";

let dataDirectory: string;
let range: LoopbackRange;
const running: RunningHotkeep[] = [];
beforeEach(async () => {
  dataDirectory = mkdtempSync(join(tmpdir(), "hotkeep-killed-"));
  range = await takeLoopbackRange();
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  range.release();
  rmSync(dataDirectory, { recursive: true, force: true });
});

async function start(...flags: string[]): Promise<RunningHotkeep> {
  const hotkeep = await startHotkeep({ dataDirectory, range, flags });
  running.push(hotkeep);
  return hotkeep;
}

/** Processes that were started as nodes of this range's clusters, by where they listen. */
function nodeProcesses(): readonly number[] {
  const octet = Number(range.cidr.split(".")[1]);
  // Addresses in /proc/net/tcp are numbers with the lowest byte first.
  const inRange = new RegExp(`^[0-9A-F]{4}${octet.toString(16).padStart(2, "0").toUpperCase()}7F:1FAF$`);
  const inodes = new Set(
    readFileSync("/proc/net/tcp", "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === "0A" && inRange.test(fields[1] ?? ""))
      .map((fields) => fields[9]),
  );
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && commandLine(entry).includes("hotkeep.js\0node\0"))
    .filter((entry) => sockets(entry).some((inode) => inodes.has(inode)))
    .map(Number);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

function sockets(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fdinfo`).flatMap((file) => {
      const info = readFileSync(`/proc/${pid}/fdinfo/${file}`, "utf8");
      return /^ino:\s*(\d+)/m.exec(info)?.[1] ?? [];
    });
  } catch {
    return [];
  }
}

const dracula = { TableName: "Books", Key: { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } } };

describe("a gateway that is killed", () => {
  it("leaves its nodes serving what they have; the next gateway gets them back, caches and all", async () => {
    const first = await start();
    const alice = daxClient(first.clusters[0]!.endpoint, first.region, first.credentials.alice!);
    expect(await alice.getItem(dracula)).toMatchObject({ Item: { Year: { N: "1897" } } });
    const before = nodeProcesses();
    expect(before).toHaveLength(1);

    await first.kill();
    for (let turn = 0; turn < 20; turn++) {
      expect(await alice.getItem(dracula)).toMatchObject({ Item: { Year: { N: "1897" } } });
    }
    // A connection of somebody it has let in before is let in again.
    const again = daxClient(first.clusters[0]!.endpoint, first.region, first.credentials.alice!);
    expect(await again.getItem(dracula)).toMatchObject({ Item: { Year: { N: "1897" } } });
    again.close();

    const second = await start();
    expect(nodeProcesses()).toEqual(before);
    const clients = awsClients(second, second.credentials.root!);
    // What the table has now is not what the cache has: the answer is the cache's.
    await clients.dynamodb.putItem({
      TableName: "Books",
      Item: { ...dracula.Key, Year: { N: "1" } },
    });
    expect(await alice.getItem(dracula)).toMatchObject({ Item: { Year: { N: "1897" } } });
    // And it is whole: misses and writes go through.
    await alice.putItem({ TableName: "Books", Item: { ...dracula.Key, Year: { N: "1898" } } });
    expect(await alice.getItem(dracula)).toMatchObject({ Item: { Year: { N: "1898" } } });
    const { Clusters } = await clients.dax.describeClusters({});
    expect(Clusters).toMatchObject([{ Status: "available", ActiveNodes: 1 }]);
    alice.close();
    for (const client of Object.values(clients)) client.destroy();

    expect(await second.stop()).toBe(0);
    running.pop();
    expect(nodeProcesses()).toEqual([]);
  });

  it("is missed by its nodes for no longer than they were told: then they end", async () => {
    const first = await start("--without-gateway", "2");
    expect(nodeProcesses()).toHaveLength(1);
    const killedAt = performance.now();
    await first.kill();
    running.pop();
    await expect.poll(nodeProcesses).toEqual([]);
    expect(performance.now() - killedAt).toBeGreaterThan(1_900);
  });

  it("finds nodes dead that died meanwhile, and launches them once", async () => {
    const first = await start();
    const [pid] = nodeProcesses();
    await first.kill();
    process.kill(pid!, "SIGKILL");
    const second = await start();
    const after = nodeProcesses();
    expect(after).toHaveLength(1);
    expect(after).not.toEqual([pid]);
    const alice = daxClient(second.clusters[0]!.endpoint, second.region, second.credentials.alice!);
    expect(await alice.getItem(dracula)).toMatchObject({ Item: { Year: { N: "1897" } } });
    alice.close();
  });

  it("ends a node that hangs, and launches another", async () => {
    const first = await start();
    const [pid] = nodeProcesses();
    await first.kill();
    process.kill(pid!, "SIGSTOP");
    await start();
    const after = nodeProcesses();
    expect(after).toHaveLength(1);
    expect(after).not.toEqual([pid]);
  });

  it("does not keep nodes of other data that was in its place", async () => {
    const first = await start();
    const [before] = nodeProcesses();
    await first.kill();
    running.pop();
    // Another data directory, same addresses: the old node is turned away, and ends in time for the new one.
    const elsewhere = mkdtempSync(join(tmpdir(), "hotkeep-killed-"));
    const next = await startHotkeep({ dataDirectory: elsewhere, range });
    const after = nodeProcesses();
    expect(after).toHaveLength(1);
    expect(after).not.toContain(before);
    await next.stop();
    rmSync(elsewhere, { recursive: true, force: true });
  });
});
