import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const require = createRequire(import.meta.url);

/** As much of express-session and connect-dynamodb as is used; neither brings types that fit this compiler. */
interface Session {
  visits?: number;
  user?: string;
  cookie: { maxAge: number };
  destroy(done: (error?: unknown) => void): void;
}
interface Store {
  get(id: string, done: (error: unknown, session?: { readonly visits?: number } | null) => void): void;
  set(id: string, session: object, done: (error?: unknown) => void): void;
  touch(id: string, session: object, done: (error?: unknown) => void): void;
  reap(done: (error?: unknown) => void): void;
  initialize(): Promise<void>;
}
type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;
const expressSession = require("express-session") as (options: object) => Middleware;
const connectDynamoDb = require("connect-dynamodb") as (session: unknown) => new (options: object) => Store;

let hotkeep: RunningHotkeep;
let client: DynamoDB;
let store: Store;
let server: Server;
let url: string;

beforeAll(async () => {
  hotkeep = await startHotkeep({ empty: true });
  const { endpoint, region, credentials } = hotkeep;
  client = new DynamoDB({ endpoint, region, credentials: { ...credentials.root! }, maxAttempts: 1 });
  const DynamoDBStore = connectDynamoDb(expressSession);
  store = new DynamoDBStore({ client, table: "Sessions", specialKeys: [{ name: "user", type: "S" }] });
  await store.initialize();
  const middleware = expressSession({ store, secret: "not a secret", resave: false, saveUninitialized: false });
  server = createServer((request, response) => {
    middleware(request, response, (error) => {
      if (error !== undefined && error !== null) return void response.writeHead(500).end(String(error));
      const { session } = request as IncomingMessage & { readonly session: Session };
      if (request.url === "/leave") return session.destroy(() => response.end("gone"));
      session.visits = (session.visits ?? 0) + 1;
      session.user = "ann";
      response.end(String(session.visits));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  client?.destroy();
  await hotkeep?.stop();
});

async function visit(path: string, cookie: string | undefined): Promise<{ body: string; cookie: string | undefined }> {
  const answer = await fetch(`${url}${path}`, cookie === undefined ? {} : { headers: { cookie } });
  return { body: await answer.text(), cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? cookie };
}
const done = (work: (done: (error?: unknown) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    work((error) => (error === undefined || error === null ? resolve() : reject(error)));
  });
const stored = async () => (await client.scan({ TableName: "Sessions", ConsistentRead: true })).Items!;

describe("connect-dynamodb under express-session", () => {
  it("makes its table, with the throughput it asks for", async () => {
    const { Table } = await client.describeTable({ TableName: "Sessions" });
    expect(Table).toMatchObject({
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
    });
  });

  it("keeps two visitors' sessions apart over many requests, and ends one", async () => {
    let [ann, bob] = [await visit("/", undefined), await visit("/", undefined)];
    expect([ann.body, bob.body]).toEqual(["1", "1"]);
    for (let n = 2; n <= 5; n++) {
      ann = await visit("/", ann.cookie);
      expect(ann.body).toBe(String(n));
    }
    bob = await visit("/", bob.cookie);
    expect(bob.body).toBe("2");
    expect((await stored()).map(({ user }) => user)).toEqual([{ S: "ann" }, { S: "ann" }]);
    expect((await visit("/leave", ann.cookie)).body).toBe("gone");
    expect((await visit("/", ann.cookie)).body).toBe("1");
    expect((await visit("/", bob.cookie)).body).toBe("3");
  });

  it("takes up a session that is touched, and reaps those whose time is over", async () => {
    const session = (maxAge: number) => ({ cookie: { maxAge }, user: "carol", visits: 7 });
    await done((end) => store.set("fresh", session(60_000), end));
    await done((end) => store.set("stale", session(-60_000), end));
    await done((end) => store.touch("fresh", session(120_000), end));
    const found = await new Promise((resolve, reject) => {
      store.get("fresh", (error, value) => (error ? reject(error) : resolve(value?.visits)));
    });
    expect(found).toBe(7);
    await done((end) => store.reap(end));
    const ids = (await stored()).map(({ id }) => id!.S);
    expect(ids).toContain("sess:fresh");
    expect(ids).not.toContain("sess:stale");
  });
});

describe("dynamoose", () => {
  interface Order {
    customer: string;
    number: number;
    total: number;
    status: string;
    tags?: Set<string>;
    placed?: Date;
    save(): Promise<unknown>;
  }
  interface Query {
    eq(value: unknown): Query;
    ge(value: unknown): Query;
    where(name: string): Query;
    using(index: string): Query;
    sort(order: string): Query;
    limit(count: number): Query;
    startAt(key: unknown): Query;
    exec(): Promise<Order[] & { lastKey?: unknown }>;
  }
  interface Model {
    create(item: object, options?: object): Promise<Order>;
    get(key: object): Promise<Order | undefined>;
    update(key: object, changes: object, options?: object): Promise<Order>;
    delete(key: object): Promise<void>;
    batchPut(items: readonly object[]): Promise<unknown>;
    batchGet(keys: readonly object[]): Promise<Order[]>;
    query(name: string): Query;
    scan(name: string): Query;
    transaction: { create(item: object): object; update(key: object, changes: object): object };
  }
  interface Dynamoose {
    aws: { ddb: { set(client: DynamoDB): void } };
    model(name: string, schema: object, options?: object): Model;
    Schema: new (attributes: object, options?: object) => object;
    Table: new (name: string, models: readonly Model[], options?: object) => { initialize(): Promise<void> };
    Condition: new (name: string) => { eq(value: unknown): object };
    transaction(actions: readonly object[]): Promise<unknown>;
  }
  const dynamoose = require("dynamoose") as Dynamoose;
  let orders: Model;

  beforeAll(async () => {
    dynamoose.aws.ddb.set(client);
    const schema = new dynamoose.Schema({
      customer: { type: String, hashKey: true },
      number: { type: Number, rangeKey: true },
      total: Number,
      status: { type: String, index: { name: "byStatus", type: "global", rangeKey: "total" } },
      tags: { type: Set, schema: [String] },
      placed: Date,
    });
    orders = dynamoose.model("Orders", schema);
    await new dynamoose.Table("Orders", [orders], { throughput: "ON_DEMAND", initialize: false }).initialize();
  });

  it("creates once, reads back with types, updates and deletes", async () => {
    const placed = new Date("2026-01-02T03:04:05.000Z");
    const order = { customer: "ann", number: 1, total: 12.5, status: "open", tags: new Set(["a", "b"]), placed };
    await orders.create(order);
    await expect(orders.create(order)).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
    const found = (await orders.get({ customer: "ann", number: 1 }))!;
    expect([found.total, found.placed, [...found.tags!].sort()]).toEqual([12.5, placed, ["a", "b"]]);
    const updated = await orders.update(
      { customer: "ann", number: 1 },
      { $ADD: { total: 2.5 }, $SET: { status: "paid" } },
    );
    expect([updated.total, updated.status]).toEqual([15, "paid"]);
    await expect(
      orders.update(
        { customer: "ann", number: 1 },
        { status: "sent" },
        { condition: new dynamoose.Condition("status").eq("open") },
      ),
    ).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
    await orders.delete({ customer: "ann", number: 1 });
    expect(await orders.get({ customer: "ann", number: 1 })).toBeUndefined();
  });

  it("batches, queries tables and indexes page by page, scans, and writes transactions", async () => {
    const numbers = Array.from({ length: 20 }, (_, n) => n + 1);
    await orders.batchPut(
      numbers.map((number) => ({ customer: "bob", number, total: number, status: number % 2 === 0 ? "paid" : "open" })),
    );
    const some = await orders.batchGet([3, 5, 99].map((number) => ({ customer: "bob", number })));
    expect(some.map(({ number }) => number).sort()).toEqual([3, 5]);
    const found: number[] = [];
    let query = orders.query("customer").eq("bob").where("number").ge(4).sort("descending").limit(6);
    for (;;) {
      const page = await query.exec();
      found.push(...page.map(({ number }) => number));
      if (page.lastKey === undefined) break;
      query = query.startAt(page.lastKey);
    }
    expect(found).toEqual(numbers.slice(3).toReversed());
    const paid = await orders.query("status").eq("paid").where("total").ge(10).using("byStatus").exec();
    expect(paid.map(({ total }) => total)).toEqual([10, 12, 14, 16, 18, 20]);
    expect(await orders.scan("status").eq("open").exec()).toHaveLength(10);
    await dynamoose.transaction([
      orders.transaction.create({ customer: "cat", number: 1, total: 1, status: "open" }),
      orders.transaction.update({ customer: "bob", number: 1 }, { status: "moved" }),
    ]);
    expect((await orders.get({ customer: "bob", number: 1 }))!.status).toBe("moved");
    await expect(
      dynamoose.transaction([
        orders.transaction.create({ customer: "cat", number: 1, total: 1, status: "open" }),
        orders.transaction.update({ customer: "bob", number: 1 }, { status: "moved again" }),
      ]),
    ).rejects.toMatchObject({ name: "TransactionCanceledException" });
    expect((await orders.get({ customer: "bob", number: 1 }))!.status).toBe("moved");
  });
});
