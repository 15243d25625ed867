import { encodeGetItemRequest } from "@hotkeep/dax-wire";
import { afterEach, describe, expect, it } from "vitest";
import { RawClient } from "../support/raw-client.js";
import { allowing, clusterArn, policyOf } from "../support/stand-in-gateway.js";
import { ShiftedClock, startWorld, type World } from "../support/world.js";

const worlds: World[] = [];
const clients: RawClient[] = [];
afterEach(async () => {
  for (const one of clients.splice(0)) one.close();
  for (const one of worlds.splice(0)) await one.close();
});

describe("the age of a second factor", () => {
  it("grows while a connection lives, so that a Deny of old factors comes into force on it, hits included", async () => {
    const clock = new ShiftedClock();
    const world = await startWorld({ clock });
    worlds.push(world);
    const tooOld = { NumericGreaterThan: { "aws:MultiFactorAuthAge": "60" } };
    const deny = policyOf([{ Effect: "Deny", Action: "dax:*", Resource: clusterArn, Condition: tooOld }]);
    world.gateway.user("AKIACAROL", "carol", [allowing("dax:GetItem"), deny], { mfaAt: clock.now() });
    world.tables.items.set("Books/a", { pk: { S: "a" }, title: { S: "T-a" } });
    const client = await RawClient.authorized(world.node.port, "AKIACAROL", {});
    clients.push(client);
    const get = encodeGetItemRequest("Books", Buffer.from("a"));
    expect((await client.ask(get)).codes).toEqual([]);
    expect((await client.ask(get)).codes).toEqual([]);
    clock.advance(62_000);
    expect((await client.ask(get)).codes).toEqual([4, 37, 38, 42]);
  });
});
