import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { silentLogger, systemClock, systemRandom } from "@hotkeep/core";
import {
  type DaxRequest,
  encodeDefineAttributeListRequest,
  encodeGetItemRequest,
  encodePreamble,
} from "@hotkeep/dax-wire";
import { type RunningNode, startNode } from "@hotkeep/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Node, readTree } from "../../../dax-wire/test/support/cbor-tree.js";
import { flawOf } from "../../../dax-wire/test/support/flaw.js";
import { connected, type OfficialClient, officialClients } from "../support/official-clients.js";
import { authorizeFrame, RawClient } from "../support/raw-client.js";
import { RealTables } from "../support/real-tables.js";
import { allowing, StandInGateway } from "../support/stand-in-gateway.js";
import { type Exchange, WireRecorder } from "../support/wire-recorder.js";
import { eventually, ShiftedClock, startWorld, type World, type WorldOptions } from "../support/world.js";

// The rules that break clients when ignored, one named test each. Rules 13 and 14 are about a cluster: they stand in
// the end-to-end tests.

const get = (key: string) => encodeGetItemRequest("Books", Buffer.from(key));

describe("on a connection", () => {
  const worlds: World[] = [];
  const clients: RawClient[] = [];

  async function world(options: WorldOptions = {}): Promise<World> {
    const made = await startWorld(options);
    worlds.push(made);
    return made;
  }

  function kept(client: RawClient): RawClient {
    clients.push(client);
    return client;
  }

  afterEach(async () => {
    for (const one of clients.splice(0)) one.close();
    for (const one of worlds.splice(0)) await one.close();
  });

  it("rule 1: nothing is sent until a request has arrived, neither for the preamble nor for authorizeConnection", async () => {
    const { node } = await world();
    const dax = kept(await RawClient.dial(node.port));
    await sleep(20);
    dax.send(encodePreamble("Rules", null));
    await sleep(20);
    dax.send(authorizeFrame("AKIAALICE"), authorizeFrame("AKIANOBODY"), authorizeFrame("AKIAALICE"));
    await sleep(50);
    expect(dax.unread).toHaveLength(0);
    expect((await dax.ask(get("a"))).bytes.toString("hex")).toBe("80a0");
  });

  it("rule 2: every request gets one response, in order, and never a byte more", async () => {
    const { node, tables } = await world();
    for (const key of ["a", "b", "c"]) tables.items.set(`Books/${key}`, { pk: { S: key }, title: { S: `T-${key}` } });
    // The first answer is the slowest: order must not come from speed.
    tables.before = async (_operation, input) => {
      if ((input.Key as { pk?: { S: string } } | undefined)?.pk?.S === "a") await sleep(30);
      return undefined;
    };
    const dax = kept(await RawClient.authorized(node.port, "AKIAALICE"));
    const order = ["a", "b", "none", "c", "a", "b", "c"];
    dax.send(...order.map(get));
    for (const key of order) {
      const answer = await dax.answer();
      expect(answer.bytes.toString("latin1").endsWith(key === "none" ? "\u0080\u00a0" : `T-${key}`)).toBe(true);
    }
    await sleep(50);
    expect(dax.unread).toHaveLength(0);
  });

  it("rule 3: an idle connection is never closed, not after a day", async () => {
    const clock = new ShiftedClock();
    const { node } = await world({ clock });
    const idle = kept(await RawClient.authorized(node.port, "AKIAALICE"));
    const silent = kept(await RawClient.dial(node.port));
    await idle.ask(get("a"));
    clock.advance(24 * 3_600_000);
    const other = kept(await RawClient.authorized(node.port, "AKIAALICE", { now: clock.now() }));
    await other.ask(get("b"));
    await sleep(100);
    // The authorisation is over, the connection is not.
    expect((await idle.ask(get("a"))).codes).toEqual([4, 23, 31, 33]);
    idle.send(authorizeFrame("AKIAALICE", { now: clock.now() }));
    expect((await idle.ask(get("a"))).codes).toEqual([]);
    silent.send(encodePreamble("Late", null), authorizeFrame("AKIAALICE", { now: clock.now() }));
    expect((await silent.ask(get("a"))).codes).toEqual([]);
  });

  it("rule 4: a connection that has to end gets FIN behind what the client sent, never RST", async () => {
    const { node } = await world();
    for (const bytes of [Buffer.alloc(4_000_000, 0x42), Buffer.from("GET / HTTP/1.1\r\n\r\n")]) {
      const wrong = kept(
        RawClient.over(connect({ host: "127.0.0.1", port: node.port, allowHalfOpen: true, noDelay: true })),
      );
      wrong.send(bytes, bytes);
      await wrong.ended();
      wrong.send(Buffer.alloc(100_000));
      await sleep(20);
      wrong.socket.end();
      if (!wrong.socket.closed) await new Promise<void>((resolve) => wrong.socket.once("close", () => resolve()));
      expect(wrong.failure).toBeUndefined();
    }
  });

  it("rule 17: unprocessed puts are sent again to the table, and reach a client only when that does not help", async () => {
    let refusals = 2;
    const { node, tables } = await world({ limits: { batchRetriesMax: 3, batchRetryMs: 1 } });
    tables.before = (operation, input) => {
      if (operation !== "BatchWriteItem") return undefined;
      return refusals-- > 0 ? { UnprocessedItems: input.RequestItems } : {};
    };
    const make = officialClients["client-dax 3"];
    const dax = make(node.port, { accessKeyId: "AKIAALICE", secretAccessKey: "secret-of-AKIAALICE" });
    try {
      await connected(dax, { TableName: "Books", Key: { pk: { S: "nobody" } } });
      const input = { RequestItems: { Books: [{ PutRequest: { Item: { pk: { S: "a" } } } }] } };
      expect((await dax.batchWriteItem(input)).UnprocessedItems).toEqual({});
      expect(tables.count("BatchWriteItem")).toBe(3);
      refusals = Number.POSITIVE_INFINITY;
      expect(Object.keys((await dax.batchWriteItem(input)).UnprocessedItems)).toEqual(["Books"]);
    } finally {
      dax.close();
    }
  });
});

describe("in everything that both official clients were answered", () => {
  let tables: RealTables;
  let node: RunningNode;
  let recorder: WireRecorder;
  let exchanges: Exchange[];
  const listNames = new Map<number, readonly string[]>([[1, []]]);

  beforeAll(async () => {
    tables = await RealTables.open();
    await tables.directly("CreateTable", {
      TableName: "Orders",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["cust", "ord", "status"].map((AttributeName) => ({
        AttributeName,
        AttributeType: AttributeName === "ord" ? "N" : "S",
      })),
      KeySchema: [
        { AttributeName: "cust", KeyType: "HASH" },
        { AttributeName: "ord", KeyType: "RANGE" },
      ],
      LocalSecondaryIndexes: [index("ByStatus", "cust", "status")],
      GlobalSecondaryIndexes: [index("Status", "status", "ord")],
    });
    await tables.createTable("Books", "isbn:S");
    recorder = await new WireRecorder().listen();
    const gateway = new StandInGateway({ tableEndpoint: tables.url });
    gateway.user("AKIAALICE", "alice", [allowing("dax:*")]);
    gateway.roster = gateway.soleRoster(recorder.port);
    node = await startNode({ feed: gateway, clock: systemClock, random: systemRandom, logger: silentLogger });
    recorder.carryTo(node.port);
    for (const make of Object.values(officialClients)) {
      const dax = make(recorder.port, { accessKeyId: "AKIAALICE", secretAccessKey: "secret-of-AKIAALICE" });
      await connected(dax);
      await everyOperation(dax);
      // Clients ask for the roster on their own; such a request must not lose its answer to the end of the connection.
      await eventually(everythingAnswered, "an answer to every request");
      dax.close();
    }
    exchanges = recorder.exchanges();
    await learnLists();
  });

  function everythingAnswered(): boolean {
    try {
      recorder.exchanges();
      return true;
    } catch {
      return false;
    }
  }

  afterAll(async () => {
    await recorder.close();
    await node.close();
    await tables.close();
  });

  /** What the list ids in the answers mean, asked of the node itself. */
  async function learnLists(): Promise<void> {
    const raw = await RawClient.authorized(node.port, "AKIAALICE");
    for (let id = 2; ; id++) {
      const answer = await raw.ask(encodeDefineAttributeListRequest(id));
      if (answer.codes.length > 0) break;
      listNames.set(id, answer.values[0] as readonly string[]);
    }
    raw.close();
  }

  const answered = (...methods: readonly DaxRequest["method"][]): Exchange[] => {
    const found = exchanges.filter(({ request }) => methods.length === 0 || methods.includes(request.method));
    expect(found.length).toBeGreaterThan(0);
    return found;
  };
  const succeeded = (...methods: readonly DaxRequest["method"][]): Exchange[] =>
    answered(...methods).filter(({ response }) => response[0] === 0x80);

  /** Every node of a response, those within byte strings that hold CBOR by the protocol included. */
  function* everyNode(nodes: readonly Node[]): Generator<Node> {
    for (const one of nodes) {
      yield one;
      yield* everyNode(one.children);
    }
  }
  /** The field of a response map. */
  const field = ({ response }: Exchange, key: number): Node | undefined => {
    const { children } = readTree(response)[1]!;
    const at = children.findIndex((child, index) => index % 2 === 0 && child.argument === BigInt(key));
    return at < 0 ? undefined : children[at + 1];
  };
  const fields = (key: number, ...methods: readonly DaxRequest["method"][]): Node[] => {
    const found = succeeded(...methods).flatMap((one) => field(one, key) ?? []);
    expect(found.length).toBeGreaterThan(0);
    return found;
  };

  it("no response breaks any rule about its form", () => {
    expect(answered().length).toBeGreaterThan(80);
    const methods = new Set(exchanges.map(({ request }) => request.method));
    expect(methods.size).toBe(14);
    for (const { request, response } of exchanges) {
      expect([request.method, flawOf(request, response, (id) => listNames.get(id)!)]).toEqual([
        request.method,
        undefined,
      ]);
    }
  });

  it("rule 5: lengths are definite, but that of the compound key of an index page", () => {
    for (const { response } of answered())
      for (const one of everyNode(readTree(response))) expect(one.open).toBe(false);
    let compound = 0;
    for (const one of succeeded("query", "scan")) {
      const key = field(one, 9);
      if (key === undefined) continue;
      if (!("indexName" in one.request) || one.request.indexName === undefined) continue;
      const [inner] = readTree(key.content);
      expect([inner!.major, inner!.open]).toEqual([5, true]);
      compound++;
    }
    expect(compound).toBeGreaterThan(0);
  });

  it("rule 6: byte strings around nested CBOR are of definite length", () => {
    const around = [
      ...fields(0, "getItem").filter((item) => item.major === 2),
      ...fields(1, "getItem", "putItem", "query"),
      ...fields(3, "putItem"),
      ...fields(9, "query", "scan"),
    ];
    for (const one of around) expect([one.major, one.open]).toEqual([2, false]);
  });

  it("rule 7: the 8-byte length form is never used", () => {
    for (const { response } of answered()) {
      for (const one of everyNode(readTree(response)))
        if (one.major >= 2 && one.major <= 5) expect(one.width).toBeLessThan(8);
    }
  });

  it("rule 8: numbers of items are integers and decimals, never floats", () => {
    let decimals = 0;
    for (const item of fields(0, "getItem")) {
      for (const one of everyNode(item.major === 2 ? readTree(item.content) : [item])) {
        if (one.major === 7) expect(one.width).toBe(0);
        if (one.major === 6 && one.argument === 4n) decimals++;
      }
    }
    expect(decimals).toBeGreaterThan(0);
  });

  it("rule 9: the two sizes of item collection metrics are floats of 4 or 8 bytes", () => {
    for (const metrics of fields(3, "putItem", "updateItem", "deleteItem")) {
      const [, ...bounds] = readTree(metrics.content);
      expect(bounds).toHaveLength(2);
      for (const bound of bounds) {
        expect(bound.major).toBe(7);
        expect([4, 8]).toContain(bound.width);
      }
    }
  });

  it("rule 10: an item that is not there leaves key 0 out", () => {
    const maps = succeeded("getItem").map((one) => readTree(one.response)[1]!);
    expect(maps.some((map) => map.children.length === 0)).toBe(true);
    for (const one of succeeded("getItem")) expect(field(one, 0)?.major).not.toBe(7);
  });

  it("rule 11: transactions answer with empty arrays and maps, not null; a write's first element is an empty array", () => {
    for (const { response } of succeeded("transactWriteItems")) {
      const [first, ...rest] = readTree(response)[1]!.children;
      expect([first!.major, first!.children.length]).toEqual([4, 0]);
      for (const one of rest) expect([4, 5]).toContain(one.major);
    }
    for (const { response } of succeeded("transactGetItems")) {
      const [items, capacity] = readTree(response)[1]!.children;
      expect([items!.major, capacity!.major]).toEqual([4, 4]);
    }
  });

  it("rule 12: no attribute list has the id 0, and 1 is the empty list", () => {
    for (const { request, response } of succeeded("defineAttributeListId")) {
      const id = Number(readTree(response)[1]!.argument);
      const names = request.method === "defineAttributeListId" ? request.names : [];
      expect(id === 1).toBe(names.length === 0);
      expect(id).toBeGreaterThan(0);
    }
    for (const item of fields(0, "getItem"))
      if (item.major === 2) expect(readTree(item.content)[0]!.argument).toBeGreaterThan(0n);
  });

  it("rule 15: batchGetItem answers with an array header of 2 and three values behind it", () => {
    for (const { response } of succeeded("batchGetItem")) {
      expect(response.subarray(0, 2).toString("hex")).toBe("8082");
      const [header, capacity] = readTree(response).slice(1);
      expect([...header!.children.map(({ major }) => major), capacity!.major]).toEqual([5, 5, 4]);
    }
  });

  it("rule 16: no response key and no endpoint field beyond those that clients know", () => {
    const known: Readonly<Record<string, readonly number[]>> = {
      getItem: [0, 1],
      putItem: [1, 2, 3],
      updateItem: [1, 2, 3],
      deleteItem: [1, 2, 3],
      query: [1, 7, 8, 9, 10],
      scan: [1, 7, 8, 9, 10],
    };
    for (const { request, response } of succeeded()) {
      const allowed = known[request.method];
      if (allowed === undefined) continue;
      const { children } = readTree(response)[1]!;
      for (let at = 0; at < children.length; at += 2) expect(allowed).toContain(Number(children[at]!.argument));
    }
    for (const { response } of succeeded("endpoints")) {
      for (const endpoint of readTree(response)[1]!.children) {
        const keys = endpoint.children.filter((_, at) => at % 2 === 0).map(({ argument }) => Number(argument));
        expect(keys).toEqual([0, 1, 2, 3, 4, 5, 6]);
      }
    }
  });
});

function index(IndexName: string, hash: string, range: string) {
  return {
    IndexName,
    KeySchema: [
      { AttributeName: hash, KeyType: "HASH" },
      { AttributeName: range, KeyType: "RANGE" },
    ],
    Projection: { ProjectionType: "ALL" },
  };
}

/** A walk through what applications do, failures included. */
async function everyOperation(dax: OfficialClient): Promise<void> {
  const all = { ReturnConsumedCapacity: "INDEXES", ReturnItemCollectionMetrics: "SIZE" };
  const capacity = { ReturnConsumedCapacity: "INDEXES" };
  const order = (ord: number, more: object = {}) => ({ cust: { S: "ann" }, ord: { N: String(ord) }, ...more });
  const at = (ord: number) => ({ TableName: "Orders", Key: order(ord) });
  const fails = async (call: Promise<unknown>): Promise<void> => {
    const failed = await call.then(
      () => false,
      () => true,
    );
    if (!failed) throw new Error("the call did not fail");
  };
  const rich = {
    status: { S: "open" },
    price: { N: "12.5" },
    tiny: { N: "-1E-100" },
    big: { N: "12345678901234567890123456789012345678" },
    bytes: { B: Buffer.from([0, 255]) },
    tags: { SS: ["x", "y"] },
    sizes: { NS: ["1", "2.5"] },
    map: { M: { a: { L: [{ N: "1.5" }, { NULL: true }, { BOOL: false }] } } },
  };
  for (let ord = 1; ord <= 6; ord++) await dax.putItem({ TableName: "Orders", Item: order(ord, rich), ...all });
  await dax.putItem({ TableName: "Orders", Item: order(1, rich), ReturnValues: "ALL_OLD", ...all });
  await dax.putItem({ TableName: "Books", Item: { isbn: { S: "only the key" } } });
  for (const more of [
    {},
    capacity,
    { ConsistentRead: true, ...capacity },
    { ProjectionExpression: "price, #m.a[0]" },
  ]) {
    const names = "ProjectionExpression" in more ? { ExpressionAttributeNames: { "#m": "map" } } : {};
    await dax.getItem({ ...at(1), ...more, ...names });
    await dax.getItem({ ...at(99), ...more, ...names });
  }
  await dax.getItem({ TableName: "Books", Key: { isbn: { S: "only the key" } } });
  for (const ReturnValues of ["ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW", "NONE"]) {
    await dax.updateItem({
      ...at(2),
      UpdateExpression: "SET price = price + :one, fresh = :one",
      ExpressionAttributeValues: { ":one": { N: "1.25" } },
      ReturnValues,
      ...all,
    });
  }
  await fails(
    dax.updateItem({
      ...at(2),
      UpdateExpression: "SET price = :one",
      ConditionExpression: "attribute_not_exists(cust)",
      ExpressionAttributeValues: { ":one": { N: "1" } },
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    }),
  );
  await dax.deleteItem({ ...at(3), ReturnValues: "ALL_OLD", ...all });
  await dax.deleteItem({ ...at(3), ...all });
  const ofAnn = {
    TableName: "Orders",
    KeyConditionExpression: "cust = :c",
    ExpressionAttributeValues: { ":c": { S: "ann" } },
  };
  await dax.query({ ...ofAnn, ...capacity });
  await dax.query({ ...ofAnn, Limit: 2, ...capacity });
  await dax.query({ ...ofAnn, Select: "COUNT" });
  await dax.query({ ...ofAnn, ProjectionExpression: "ord, price" });
  await dax.query({ ...ofAnn, IndexName: "ByStatus", Limit: 2, ...capacity });
  const ofIndex = {
    TableName: "Orders",
    IndexName: "Status",
    KeyConditionExpression: "#s = :s",
    ExpressionAttributeNames: { "#s": "status" },
    ExpressionAttributeValues: { ":s": { S: "open" } },
    Limit: 2,
    ...capacity,
  };
  const page = await dax.query(ofIndex);
  await dax.query({ ...ofIndex, ExclusiveStartKey: page.LastEvaluatedKey });
  await dax.scan({ TableName: "Orders", ...capacity });
  await dax.scan({ TableName: "Orders", Limit: 1 });
  await dax.scan({ TableName: "Orders", IndexName: "Status", Limit: 1 });
  await dax.scan({ TableName: "Books" });
  await dax.batchGetItem({
    RequestItems: { Orders: { Keys: [1, 2, 77].map((ord) => order(ord)) }, Books: { Keys: [{ isbn: { S: "gone" } }] } },
    ...capacity,
  });
  await dax.batchGetItem({ RequestItems: { Orders: { Keys: [order(1)], ProjectionExpression: "price" } } });
  await dax.batchWriteItem({
    RequestItems: {
      Orders: [{ PutRequest: { Item: order(7, rich) } }, { DeleteRequest: { Key: order(6) } }],
      Books: [{ PutRequest: { Item: { isbn: { S: "b" } } } }],
    },
    ...all,
  });
  await dax.transactWriteItems({
    TransactItems: [
      { Put: { TableName: "Orders", Item: order(8, rich) } },
      { Delete: { TableName: "Orders", Key: { ...order(7), cust: { S: "bob" } } } },
    ],
    ...all,
  });
  await dax.transactWriteItems({ TransactItems: [{ Put: { TableName: "Books", Item: { isbn: { S: "t" } } } }] });
  await fails(
    dax.transactWriteItems({
      TransactItems: [
        {
          Put: {
            TableName: "Orders",
            Item: order(8, rich),
            ConditionExpression: "attribute_not_exists(cust)",
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          },
        },
        { Delete: { TableName: "Orders", Key: { ...order(9), cust: { S: "bob" } } } },
      ],
    }),
  );
  await dax.transactGetItems({
    TransactItems: [{ Get: at(8) }, { Get: { TableName: "Orders", Key: { ...order(9), cust: { S: "bob" } } } }],
    ...capacity,
  });
  await dax.transactGetItems({
    TransactItems: [
      { Get: { ...at(8), ProjectionExpression: "price" } },
      { Get: { TableName: "Books", Key: { isbn: { S: "t" } } } },
    ],
  });
  await fails(dax.getItem({ TableName: "NoSuchTable", Key: { a: { S: "x" } } }));
}
