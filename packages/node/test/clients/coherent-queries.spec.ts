import { silentLogger, systemRandom } from "@hotkeep/core";
import { encodeKey, encodePutItemRequest, encodeQueryRequest } from "@hotkeep/dax-wire";
import { type RunningNode, startNode } from "@hotkeep/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connected, type OfficialClient, officialClients } from "../support/official-clients.js";
import { RawClient } from "../support/raw-client.js";
import { RealTables } from "../support/real-tables.js";
import { allowing, StandInGateway } from "../support/stand-in-gateway.js";
import { eventually, ShiftedClock, startWorld } from "../support/world.js";

const keys = { accessKeyId: "AKIAALICE", secretAccessKey: "secret-of-AKIAALICE" };

describe("queries that follow writes", () => {
  const clock = new ShiftedClock();
  let tables: RealTables;
  let gateway: StandInGateway;
  let node: RunningNode;
  let dax: OfficialClient;

  beforeAll(async () => {
    tables = await RealTables.open();
    await tables.createTable("Books", "isbn:S");
    await tables.createTable("Orders", "cust:S", "ord:N");
    gateway = new StandInGateway({ tableEndpoint: tables.url, cacheSettings: { coherentQueries: true } });
    gateway.user("AKIAALICE", "alice", [allowing("dax:*")]);
    node = await startNode({ feed: gateway, clock, random: systemRandom, logger: silentLogger });
    dax = Object.values(officialClients)[0]!(node.port, keys);
    await connected(dax);
  });

  afterAll(async () => {
    dax.close();
    await node.close();
    await tables.close();
  });

  const item = (cust: string, ord: number) => ({ cust: { S: cust }, ord: { N: `${ord}` } });
  const put = (cust: string, ord: number) => dax.putItem({ TableName: "Orders", Item: item(cust, ord) });
  const query = async (cust: string): Promise<number> => {
    const input = {
      TableName: "Orders",
      KeyConditionExpression: "cust = :c",
      ExpressionAttributeValues: { ":c": { S: cust } },
    };
    return (await dax.query(input)).Count;
  };
  const scan = async (): Promise<number> => (await dax.scan({ TableName: "Orders" })).Count;
  const callsOf = async (work: () => Promise<unknown>): Promise<string[]> => {
    const before = tables.calls.length;
    await work();
    return tables.calls.slice(before);
  };

  it("see each write of their partition, and are served from memory otherwise", async () => {
    await put("a", 1);
    await put("b", 1);
    expect([await query("a"), await query("b"), await scan()]).toEqual([1, 1, 2]);
    await put("a", 2);
    expect([await query("a"), await scan()]).toEqual([2, 3]);
    expect(await callsOf(() => query("b"))).toEqual([]);
    expect(await callsOf(() => query("a"))).toEqual([]);
    expect(await callsOf(scan)).toEqual([]);
  });

  it("see deletions, batches, transactions, and what other nodes write", async () => {
    expect(await query("a")).toBe(2);
    await dax.deleteItem({ TableName: "Orders", Key: item("a", 2) });
    expect(await query("a")).toBe(1);
    await dax.batchWriteItem({ RequestItems: { Orders: [{ PutRequest: { Item: item("a", 3) } }] } });
    expect(await query("a")).toBe(2);
    await dax.transactWriteItems({ TransactItems: [{ Put: { TableName: "Orders", Item: item("a", 4) } }] });
    expect(await query("a")).toBe(3);
    await tables.directly("PutItem", { TableName: "Orders", Item: item("a", 5) });
    expect(await query("a")).toBe(3);
    const schema = { hash: { name: "cust", type: "S" }, range: { name: "ord", type: "N" } } as const;
    const key = encodeKey(schema, item("a", 5));
    gateway.tell("wrote", { origin: "another", sequence: 1, table: "Orders", keys: [key.toString("base64")] });
    expect(await query("a")).toBe(4);
    gateway.tell("writesLost", { losses: 1, doubtMs: 0 });
    expect(await callsOf(() => query("b"))).toEqual(["Query"]);
  });

  it("do as DAX does as soon as the setting is off", async () => {
    gateway.tell("configuration", { ...gateway.configuration, cacheSettings: {} });
    const before = await query("a");
    await put("a", 9);
    expect(await query("a")).toBe(before);
  });
});

it("a query that a write overtakes is neither kept nor joined", async () => {
  const world = await startWorld({ configuration: { cacheSettings: { coherentQueries: true } } });
  const clients = [1, 2, 3].map(() => RawClient.authorized(world.node.port, "AKIAALICE"));
  const [first, second, writer] = await Promise.all(clients);
  let count = 0;
  let release!: () => void;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.tables.before = async (operation) => {
    if (operation !== "Query") return undefined;
    count++;
    const Count = count;
    if (Count === 1) await held;
    return { Items: [], Count, ScannedCount: Count };
  };
  const query = encodeQueryRequest("Books", "pk", "a");
  const early = first!.ask(query);
  await eventually(() => count === 1, "the first query is on its way");
  await writer!.ask(encodePutItemRequest("Books", Buffer.from("a"), Buffer.from([1])));
  const late = await second!.ask(query);
  release();
  expect((await early).bytes).not.toEqual(late.bytes);
  expect((await first!.ask(query)).bytes).toEqual(late.bytes);
  expect(count).toBe(2);
  for (const one of [first!, second!, writer!]) one.close();
  await world.close();
});
