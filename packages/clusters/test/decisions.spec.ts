import { SeededRandom } from "@hotkeep/core";
import { describe, expect, it } from "vitest";
import { Turns } from "../src/lifecycle/turns.js";
import { checkWindow, defaultWindow } from "../src/model/maintenance-window.js";
import { checkClusterName } from "../src/model/names.js";
import { defaultCacheBytes, nodeTypes } from "../src/model/node-types.js";
import { freeOrdinals, placeNodes, type SubnetChoice } from "../src/placement/place-nodes.js";
import { type Leadership, nextLeadership, type RosterMember, rosterOf } from "../src/supervision/roster.js";

const subnets: readonly SubnetChoice[] = [
  { id: "subnet-a1", zone: "a", free: 1 },
  { id: "subnet-a2", zone: "a", free: 5 },
  { id: "subnet-b", zone: "b", free: 2 },
];

describe("placing nodes", () => {
  it("goes round the zones, to the subnet with the most free addresses", () => {
    expect(placeNodes(3, subnets, [], undefined).map((place) => place.subnetId)).toEqual([
      "subnet-a2",
      "subnet-b",
      "subnet-a2",
    ]);
  });

  it("begins with the zone that has the fewest nodes", () => {
    expect(placeNodes(1, subnets, ["a"], undefined)).toEqual([{ zone: "b", subnetId: "subnet-b" }]);
  });

  it("goes where there is room when a zone is full, and fails when all are", () => {
    expect(placeNodes(8, subnets, [], undefined).filter((place) => place.zone === "b")).toHaveLength(2);
    expect(() => placeNodes(9, subnets, [], undefined)).toThrow("The subnet group has no free addresses left.");
  });

  it("follows the zones asked for, one for each node", () => {
    expect(placeNodes(2, subnets, [], ["b", "b"]).map((place) => place.zone)).toEqual(["b", "b"]);
    expect(() => placeNodes(3, subnets, [], ["b", "b", "b"])).toThrow(
      "The subnet group has no free addresses left in Availability Zone b.",
    );
    expect(() => placeNodes(1, subnets, [], ["c"])).toThrow("The subnet group has no subnet in Availability Zone c.");
    expect(() => placeNodes(2, subnets, [], ["a"])).toThrow("1 Availability Zones were given for 2 nodes");
  });

  it("uses the lowest free letters", () => {
    expect(freeOrdinals(3, [0, 2])).toEqual([1, 3, 4]);
  });
});

describe("a roster", () => {
  const member = (nodeId: string, ordinal: number): RosterMember => ({
    nodeId,
    ordinal,
    address: "127.31.0.4",
    port: 8111,
    zone: "a",
  });
  const a = member("a", 0);
  const b = member("b", 1);

  it("has one leader: who leads stays, else the first follows in a new epoch", () => {
    const runs = new Map([
      ["a", "run-a"],
      ["b", "run-b"],
    ]);
    const next = (previous: Leadership, members: readonly RosterMember[], mayName = true) =>
      nextLeadership(previous, members, (nodeId) => runs.get(nodeId), mayName);
    const nobody = { leader: null, leaderRun: null, epoch: 0 };
    const first = next(nobody, [b, a]);
    expect(first).toEqual({ leadership: { leader: "a", leaderRun: "run-a", epoch: 1 }, leads: true });
    const byB = { leader: "b", leaderRun: "run-b", epoch: 4 };
    expect(next(byB, [a, b])).toEqual({ leadership: byB, leads: true });
    expect(next(byB, [a])).toEqual({ leadership: { leader: "a", leaderRun: "run-a", epoch: 5 }, leads: true });
    expect(next(byB, [])).toEqual({ leadership: byB, leads: false });
    // The one before may still take itself for the leader.
    expect(next(byB, [a], false)).toEqual({ leadership: byB, leads: false });
    // Another process of the leader's name is another leader.
    runs.set("b", "run-b2");
    expect(next(byB, [b], false).leads).toBe(false);
    expect(next(byB, [b])).toEqual({ leadership: { leader: "b", leaderRun: "run-b2", epoch: 5 }, leads: true });
    expect(rosterOf(first, [b, a]).nodes.map((node) => [node.nodeId, node.leader])).toEqual([
      ["a", true],
      ["b", false],
    ]);
    expect(rosterOf(next(byB, [a], false), [b, a]).nodes.some((node) => node.leader)).toBe(false);
  });
});

describe("a maintenance window", () => {
  it("by default lasts an hour within the Region's block", () => {
    const random = new SeededRandom(3);
    for (let i = 0; i < 200; i++) {
      const window = defaultWindow("us-west-2", random);
      expect(checkWindow(window)).toBe(window);
      const hour = Number(window.slice(4, 6));
      expect(hour).toBeGreaterThanOrEqual(6);
      expect(hour).toBeLessThanOrEqual(13);
    }
  });

  it("may cross midnight and the week's end, and is checked", () => {
    expect(checkWindow("SAT:23:30-sun:00:30")).toBe("sat:23:30-sun:00:30");
    for (const text of [
      "",
      "sun:24:00-mon:01:00",
      "sun:01:00-sun:01:59",
      "sun:00:00-mon:00:01",
      "xyz:00:00-mon:01:00",
    ]) {
      expect(() => checkWindow(text)).toThrow("The maintenance window");
    }
  });
});

describe("names and types", () => {
  it("of clusters are stored in lower case and keep AWS's rules", () => {
    expect(checkClusterName("DAXCluster01")).toBe("daxcluster01");
    expect(checkClusterName("a-b-c")).toBe("a-b-c");
    for (const name of ["", "1a", "a-", "a--b", "a_b", "a".repeat(21), "ä"]) {
      expect(() => checkClusterName(name)).toThrow("Cluster ID specified is not a valid identifier.");
    }
    expect(() => checkClusterName("mygrep")).toThrow("the reserved word grep");
  });

  it("of nodes have caches that grow with the type", () => {
    expect(nodeTypes).toContain("dax.t3.small");
    expect(defaultCacheBytes("dax.t3.small")).toBe(32 * 1024 * 1024);
    expect(defaultCacheBytes("dax.r5.large")).toBe(256 * 1024 * 1024);
    expect(defaultCacheBytes("dax.r5.24xlarge")).toBe(12 * 1024 ** 3);
  });
});

describe("turns", () => {
  it("run one after the other, once for all requests made meanwhile", async () => {
    const log: string[] = [];
    const release: (() => void)[] = [];
    const turns = new Turns(async () => {
      log.push("begins");
      await new Promise<void>((resolve) => release.push(resolve));
      log.push("ends");
    });
    const first = turns.request();
    const second = turns.request();
    expect(turns.request()).toBe(second);
    release[0]!();
    await first;
    while (release.length < 2) await Promise.resolve();
    release[1]!();
    await second;
    await turns.idle();
    expect(log).toEqual(["begins", "ends", "begins", "ends"]);
  });

  it("go on after one that failed", async () => {
    let runs = 0;
    const turns = new Turns(async () => {
      runs += 1;
      if (runs === 1) throw new Error("once");
    });
    await expect(turns.request()).rejects.toThrow("once");
    await turns.request();
    expect(runs).toBe(2);
  });
});
