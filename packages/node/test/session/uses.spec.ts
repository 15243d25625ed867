import type { NodeNotices, UseRecord } from "@hotkeep/control-feed";
import { encodeGetItemRequest } from "@hotkeep/dax-wire";
import { afterEach, describe, expect, it } from "vitest";
import { type Counted, newUses, UseLedger } from "../../src/session/uses.js";
import { RawClient } from "../support/raw-client.js";
import { allowing } from "../support/stand-in-gateway.js";
import { startWorld, type World } from "../support/world.js";

const worlds: World[] = [];
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close();
});

describe("what callers do", () => {
  it("is counted from memory and from the table, allowed or not, and told by key and action", async () => {
    const world = await startWorld();
    worlds.push(world);
    world.gateway.user("AKIABOB", "bob", [allowing("dax:PutItem")]);
    world.tables.items.set("Books/a", { pk: { S: "a" }, title: { S: "T-a" } });
    const get = encodeGetItemRequest("Books", Buffer.from("a"));
    for (const [accessKeyId, times] of [
      ["AKIAALICE", 3],
      ["AKIABOB", 2],
    ] as const) {
      const client = await RawClient.authorized(world.node.port, accessKeyId, {});
      for (let at = 0; at < times; at++) await client.ask(get);
      client.close();
    }
    await world.node.close();
    const uses = world.gateway.told.used.flatMap((notice) => notice.uses);
    expect(uses).toEqual([
      { accessKeyId: "AKIAALICE", action: "dax:GetItem", count: 3, at: expect.any(Number) as number },
      { accessKeyId: "AKIABOB", action: "dax:GetItem", count: 2, at: expect.any(Number) as number },
    ]);
  });
});

describe("a ledger of uses", () => {
  const told: (readonly UseRecord[])[] = [];
  const gateway = {
    connected: true,
    notify<Name extends keyof NodeNotices>(_name: Name, notice: NodeNotices[Name]): boolean {
      if ("uses" in notice) told.push(notice.uses);
      return true;
    },
  };
  const counted = (accessKeyId: string, stale = false): Counted => ({
    caller: { accessKeyId },
    uses: newUses(),
    stale,
  });
  afterEach(() => {
    told.length = 0;
    gateway.connected = true;
  });

  it("tells at most every five seconds, and nothing when there is nothing", () => {
    const ledger = new UseLedger(gateway, 10);
    const alice = counted("AKIAALICE");
    ledger.add(alice);
    ledger.tick(1_000, 0);
    alice.uses[0]!++;
    ledger.tick(5_999, 0);
    expect(told).toEqual([]);
    ledger.tick(6_000, 77);
    ledger.tick(12_000, 99);
    expect(told).toEqual([[{ accessKeyId: "AKIAALICE", action: "dax:GetItem", count: 1, at: 77 }]]);
  });

  it("goes on counting while there is no gateway, and forgets callers that were given up once they are told", () => {
    const ledger = new UseLedger(gateway, 1);
    const gone = counted("AKIAGONE", true);
    ledger.add(gone);
    gone.uses[1] = 5;
    gateway.connected = false;
    ledger.report(1);
    gateway.connected = true;
    ledger.report(2);
    expect(told.flat()).toMatchObject([{ accessKeyId: "AKIAGONE", action: "dax:PutItem", count: 5 }]);
    const next = counted("AKIANEXT");
    const tooMany = counted("AKIATOOMANY");
    for (const one of [next, tooMany]) {
      ledger.add(one);
      one.uses[0]!++;
    }
    ledger.report(3);
    expect(told.flat().map(({ accessKeyId }) => accessKeyId)).toEqual(["AKIAGONE", "AKIANEXT"]);
  });

  it("cuts what it tells into notices of five hundred", () => {
    const ledger = new UseLedger(gateway, 1000);
    for (let at = 0; at < 600; at++) {
      const one = counted(`AKIA${at}`);
      one.uses[0] = 1;
      ledger.add(one);
    }
    ledger.report(1);
    expect(told.map((uses) => uses.length)).toEqual([500, 100]);
  });
});
