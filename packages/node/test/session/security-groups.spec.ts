import { encodeGetItemRequest } from "@hotkeep/dax-wire";
import { afterEach, describe, expect, it } from "vitest";
import { RawClient } from "../support/raw-client.js";
import { eventually, startWorld, type World } from "../support/world.js";

const get = encodeGetItemRequest("Books", Buffer.from("a"));
let world: World;
const clients: RawClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await world.close();
});

async function authorized(): Promise<RawClient> {
  const client = await RawClient.authorized(world.node.port, "AKIAALICE");
  clients.push(client);
  return client;
}

describe("security groups", () => {
  it("let in whom a rule names", async () => {
    world = await startWorld({ configuration: { ingressCidrs: ["127.0.0.0/8"] } });
    const client = await authorized();
    client.send(get);
    expect((await client.answer()).codes).toEqual([]);
  });

  it("keep out everybody else at accept, with a log line", async () => {
    world = await startWorld({ configuration: { ingressCidrs: ["10.0.0.0/8"] } });
    const client = await RawClient.dial(world.node.port);
    clients.push(client);
    await client.ended();
    expect(world.node.metrics().ClientConnections).toBe(0);
    expect(world.log.lines).toContainEqual({
      level: "warn",
      message: "a security group kept a connection out",
      fields: { remoteAddress: "127.0.0.1", port: world.node.port },
    });
  });

  it("keep out everybody when no rule is left, new connections and old ones", async () => {
    world = await startWorld({ configuration: { ingressCidrs: ["127.0.0.1/32"] } });
    const client = await authorized();
    client.send(get);
    expect((await client.answer()).codes).toEqual([]);
    world.gateway.tell("configuration", { ...world.gateway.configuration, ingressCidrs: [] });
    await client.ended();
    await eventually(() => world.node.metrics().ClientConnections === 0, "the old connection is gone");
    const late = await RawClient.dial(world.node.port);
    clients.push(late);
    await late.ended();
  });

  it("are not asked where the gateway sends no gate", async () => {
    world = await startWorld();
    const client = await authorized();
    client.send(get);
    expect((await client.answer()).codes).toEqual([]);
  });
});
