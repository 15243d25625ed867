import { silentLogger, systemClock, systemRandom } from "@hotkeep/core";
import { type RunningNode, startNode } from "@hotkeep/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Answer, connected, type OfficialClient, officialClients } from "../support/official-clients.js";
import { RealTables } from "../support/real-tables.js";
import { allowing, StandInGateway } from "../support/stand-in-gateway.js";
import { eventually } from "../support/world.js";

/** Numbers as both clients and DynamoDB print them; sets without order. */
function plain(value: Answer): Answer {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Uint8Array) return `base64:${Buffer.from(value).toString("base64")}`;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [
        name,
        name === "SS" || name === "NS" || name === "BS" ? plain([...(member as Answer[])]).sort() : plain(member),
      ]),
  );
}

for (const [name, makeClient] of Object.entries(officialClients)) {
  describe(`every operation through ${name}`, () => {
    let tables: RealTables;
    let gateway: StandInGateway;
    let node: RunningNode;
    let dax: OfficialClient;
    let at = 0;

    beforeAll(async () => {
      tables = await RealTables.open();
      await tables.createTable("Books", "isbn:S");
      await tables.createTable("Orders", "cust:S", "ord:N");
      await tables.createTable("Blobs", "id:B", "part:B");
      gateway = new StandInGateway({ tableEndpoint: tables.url });
      gateway.user("AKIAALICE", "alice", [allowing("dax:*")]);
      node = await startNode({ feed: gateway, clock: systemClock, random: systemRandom, logger: silentLogger });
      dax = makeClient(node.port, { accessKeyId: "AKIAALICE", secretAccessKey: "secret-of-AKIAALICE" });
      await connected(dax);
    });

    afterAll(async () => {
      dax.close();
      await node.close();
      await tables.close();
    });

    afterEach(() => {
      tables.refused.clear();
    });

    /** A key that no other test uses. */
    const fresh = (): string => `book-${++at}`;
    const book = (isbn: string, more: object = {}) => ({ isbn: { S: isbn }, ...more });
    const read = async (isbn: string, more: object = {}): Promise<Answer> =>
      plain((await dax.getItem({ TableName: "Books", Key: book(isbn), ...more })).Item);
    /** What the table has, asked past the node. */
    const stored = async (isbn: string): Promise<Answer> =>
      plain(((await tables.directly("GetItem", { TableName: "Books", Key: book(isbn) })) as Answer).Item);
    const failure = async (call: Promise<unknown>): Promise<Answer> => {
      try {
        await call;
      } catch (error) {
        return error;
      }
      throw new Error("the call did not fail");
    };

    it("PutItem, then GetItem of every type from memory and consistently from the table", async () => {
      const isbn = fresh();
      const item = book(isbn, {
        s: { S: "text é" },
        empty: { S: "" },
        n: { N: "-12.5" },
        big: { N: "12345678901234567890123456789012345678" },
        b: { B: Buffer.from([0, 255, 1]) },
        yes: { BOOL: true },
        nothing: { NULL: true },
        ss: { SS: ["a", "b"] },
        ns: { NS: ["1", "2.5"] },
        bs: { BS: [Buffer.from([1]), Buffer.from([2])] },
        l: { L: [{ S: "x" }, { N: "1" }, { L: [] }, { M: {} }] },
        m: { M: { deep: { M: { er: { BOOL: false } } } } },
        _proto_: { S: "legal" },
      });
      await dax.putItem({ TableName: "Books", Item: item });
      const gets = tables.calls.filter((call) => call === "GetItem").length;
      expect(await read(isbn)).toEqual(plain(item));
      expect(tables.calls.filter((call) => call === "GetItem").length).toBe(gets);
      expect(await read(isbn, { ConsistentRead: true })).toEqual(plain(item));
      expect(tables.calls.filter((call) => call === "GetItem").length).toBe(gets + 1);
    });

    it("GetItem misses once, then hits, and applies projections to what is cached", async () => {
      const isbn = fresh();
      await tables.directly("PutItem", {
        TableName: "Books",
        Item: book(isbn, {
          title: { S: "T" },
          tags: { L: [{ S: "a" }, { S: "b" }, { S: "c" }] },
          m: { M: { x: { N: "1" }, y: { N: "2" } } },
        }),
      });
      const before = node.metrics();
      const projected = {
        ProjectionExpression: "isbn, tags[1], #m.y, nothere",
        ExpressionAttributeNames: { "#m": "m" },
      };
      const expected = { isbn: { S: isbn }, tags: { L: [{ S: "b" }] }, m: { M: { y: { N: "2" } } } };
      expect(await read(isbn, projected)).toEqual(expected);
      expect(await read(isbn, projected)).toEqual(expected);
      expect(await read(isbn, { AttributesToGet: ["title"] })).toEqual({ title: { S: "T" } });
      expect(await read(isbn)).toMatchObject({ isbn: { S: isbn }, title: { S: "T" } });
      const after = node.metrics();
      expect(after.ItemCacheMisses - before.ItemCacheMisses).toBe(1);
      expect(after.ItemCacheHits - before.ItemCacheHits).toBe(3);
    });

    it("GetItem of a missing item answers nothing, with and without a projection", async () => {
      const isbn = fresh();
      expect(await dax.getItem({ TableName: "Books", Key: book(isbn) })).not.toHaveProperty("Item");
      expect(
        await dax.getItem({ TableName: "Books", Key: book(isbn), ProjectionExpression: "title" }),
      ).not.toHaveProperty("Item");
    });

    it("GetItem tells the consumed capacity of a miss, and none for a hit", async () => {
      const isbn = fresh();
      await tables.directly("PutItem", { TableName: "Books", Item: book(isbn, { title: { S: "T" } }) });
      const ask = { TableName: "Books", Key: book(isbn), ReturnConsumedCapacity: "TOTAL" };
      expect((await dax.getItem(ask)).ConsumedCapacity).toMatchObject({ TableName: "Books", CapacityUnits: 0.5 });
      expect((await dax.getItem(ask)).ConsumedCapacity).toMatchObject({ CapacityUnits: 0 });
    });

    it("one number key in several spellings is one item", async () => {
      const key = (ord: string) => ({ cust: { S: "n" }, ord: { N: ord } });
      await dax.putItem({ TableName: "Orders", Item: { ...key("100"), v: { S: "first" } } });
      for (const spelling of ["100", "1e2", "100.0", "1.00E+2"]) {
        const { Item } = await dax.getItem({ TableName: "Orders", Key: key(spelling) });
        expect(Item.v).toEqual({ S: "first" });
      }
      await dax.putItem({ TableName: "Orders", Item: { ...key("1e2"), v: { S: "second" } } });
      expect((await dax.getItem({ TableName: "Orders", Key: key("100") })).Item.v).toEqual({ S: "second" });
    });

    it("binary keys", async () => {
      const key = { id: { B: Buffer.from([0, 1, 255]) }, part: { B: Buffer.from([7]) } };
      await dax.putItem({ TableName: "Blobs", Item: { ...key, v: { N: "1" } } });
      const { Item } = await dax.getItem({ TableName: "Blobs", Key: key });
      expect(plain(Item)).toEqual(plain({ ...key, v: { N: "1" } }));
    });

    it("PutItem with a condition, ALL_OLD and capacity", async () => {
      const isbn = fresh();
      await dax.putItem({ TableName: "Books", Item: book(isbn, { v: { N: "1" } }) });
      const answer = await dax.putItem({
        TableName: "Books",
        Item: book(isbn, { v: { N: "2" } }),
        ConditionExpression: "#v = :one AND attribute_exists(isbn)",
        ExpressionAttributeNames: { "#v": "v" },
        ExpressionAttributeValues: { ":one": { N: "1" } },
        ReturnValues: "ALL_OLD",
        ReturnConsumedCapacity: "TOTAL",
      });
      expect(plain(answer.Attributes)).toEqual(book(isbn, { v: { N: "1" } }));
      expect(answer.ConsumedCapacity).toMatchObject({ TableName: "Books", CapacityUnits: 1 });
      const refused = await failure(
        dax.putItem({
          TableName: "Books",
          Item: book(isbn, { v: { N: "3" } }),
          ConditionExpression: "attribute_not_exists(isbn)",
        }),
      );
      expect(refused.code ?? refused.name).toBe("ConditionalCheckFailedException");
      expect(refused.message).toContain("The conditional request failed");
      expect((await read(isbn)).v).toEqual({ N: "2" });
    });

    it("UpdateItem with every kind of action; the new value is in memory", async () => {
      const isbn = fresh();
      await dax.putItem({
        TableName: "Books",
        Item: book(isbn, {
          n: { N: "1" },
          list: { L: [{ S: "a" }] },
          old: { S: "x" },
          ss: { SS: ["a", "b"] },
          m: { M: {} },
        }),
      });
      const answer = await dax.updateItem({
        TableName: "Books",
        Key: book(isbn),
        UpdateExpression:
          "SET n = n + :one, #l = list_append(if_not_exists(#l, :none), :more), m.x = :x, fresh = if_not_exists(fresh, :x) REMOVE old ADD cnt :one DELETE ss :a",
        ConditionExpression: "attribute_exists(isbn) AND n BETWEEN :zero AND :one",
        ExpressionAttributeNames: { "#l": "list" },
        ExpressionAttributeValues: {
          ":one": { N: "1" },
          ":zero": { N: "0" },
          ":none": { L: [] },
          ":more": { L: [{ S: "b" }] },
          ":x": { S: "set" },
          ":a": { SS: ["a"] },
        },
      });
      expect(answer).not.toHaveProperty("Attributes");
      const expected = book(isbn, {
        n: { N: "2" },
        list: { L: [{ S: "a" }, { S: "b" }] },
        m: { M: { x: { S: "set" } } },
        fresh: { S: "set" },
        cnt: { N: "1" },
        ss: { SS: ["b"] },
      });
      const gets = tables.calls.filter((call) => call === "GetItem").length;
      expect(await read(isbn)).toEqual(expected);
      expect(tables.calls.filter((call) => call === "GetItem").length).toBe(gets);
      expect(await read(isbn, { ConsistentRead: true })).toEqual(expected);
    });

    it("UpdateItem answers exactly the ReturnValues that were asked for", async () => {
      const isbn = fresh();
      await dax.putItem({
        TableName: "Books",
        Item: book(isbn, { a: { N: "1" }, m: { M: { x: { N: "1" }, y: { N: "2" } } } }),
      });
      const update = async (ReturnValues: string): Promise<Answer> =>
        plain(
          (
            await dax.updateItem({
              TableName: "Books",
              Key: book(isbn),
              UpdateExpression: "SET a = a + :one, m.x = m.x + :one",
              ExpressionAttributeValues: { ":one": { N: "1" } },
              ReturnValues,
            })
          ).Attributes,
        );
      expect(await update("UPDATED_OLD")).toEqual({ a: { N: "1" }, m: { M: { x: { N: "1" } } } });
      expect((await read(isbn)).a).toEqual({ N: "2" });
      expect(await update("UPDATED_NEW")).toEqual({ a: { N: "3" }, m: { M: { x: { N: "3" } } } });
      expect(await update("ALL_OLD")).toEqual(
        book(isbn, { a: { N: "3" }, m: { M: { x: { N: "3" }, y: { N: "2" } } } }),
      );
      expect(await update("ALL_NEW")).toEqual(
        book(isbn, { a: { N: "5" }, m: { M: { x: { N: "5" }, y: { N: "2" } } } }),
      );
      expect((await read(isbn)).a).toEqual({ N: "5" });
    });

    it("UpdateItem with nothing to do makes the item; legacy AttributeUpdates work", async () => {
      const isbn = fresh();
      await dax.updateItem({ TableName: "Books", Key: book(isbn) });
      expect(await read(isbn)).toEqual(book(isbn));
      await dax.updateItem({
        TableName: "Books",
        Key: book(isbn),
        AttributeUpdates: { a: { Action: "PUT", Value: { S: "x" } }, n: { Action: "ADD", Value: { N: "3" } } },
      });
      expect(await read(isbn)).toEqual(book(isbn, { a: { S: "x" }, n: { N: "3" } }));
    });

    it("DeleteItem with ALL_OLD leaves a remembered absence", async () => {
      const isbn = fresh();
      await dax.putItem({ TableName: "Books", Item: book(isbn, { v: { N: "1" } }) });
      const answer = await dax.deleteItem({
        TableName: "Books",
        Key: book(isbn),
        ConditionExpression: "v IN (:a, :b)",
        ExpressionAttributeValues: { ":a": { N: "1" }, ":b": { N: "2" } },
        ReturnValues: "ALL_OLD",
      });
      expect(plain(answer.Attributes)).toEqual(book(isbn, { v: { N: "1" } }));
      const gets = tables.calls.filter((call) => call === "GetItem").length;
      expect(await read(isbn)).toBeUndefined();
      expect(tables.calls.filter((call) => call === "GetItem").length).toBe(gets);
      expect(await stored(isbn)).toBeUndefined();
    });

    it("Query pages, filters, projects, turns round and counts; a page is kept although items change", async () => {
      const cust = fresh();
      for (let ord = 1; ord <= 5; ord++) {
        await dax.putItem({
          TableName: "Orders",
          Item: { cust: { S: cust }, ord: { N: String(ord) }, total: { N: String(ord * 10) } },
        });
      }
      const ask = {
        TableName: "Orders",
        KeyConditionExpression: "cust = :c AND ord BETWEEN :low AND :high",
        ExpressionAttributeValues: { ":c": { S: cust }, ":low": { N: "2" }, ":high": { N: "5" } },
      };
      const orders = (answer: Answer): string[] => answer.Items.map((item: Answer) => item.ord.N);
      const first = await dax.query({ ...ask, Limit: 3 });
      expect([orders(first), first.Count, first.ScannedCount]).toEqual([["2", "3", "4"], 3, 3]);
      expect(first.LastEvaluatedKey).toEqual({ cust: { S: cust }, ord: { N: "4" } });
      const second = await dax.query({ ...ask, Limit: 3, ExclusiveStartKey: first.LastEvaluatedKey });
      expect(orders(second)).toEqual(["5"]);
      expect(orders(await dax.query({ ...ask, ScanIndexForward: false }))).toEqual(["5", "4", "3", "2"]);
      const filtered = await dax.query({
        ...ask,
        FilterExpression: "total > :t AND NOT contains(#x, :s)",
        ProjectionExpression: "ord",
        ExpressionAttributeNames: { "#x": "x" },
        ExpressionAttributeValues: { ...ask.ExpressionAttributeValues, ":t": { N: "30" }, ":s": { S: "s" } },
      });
      expect(plain(filtered.Items)).toEqual([{ ord: { N: "4" } }, { ord: { N: "5" } }]);
      const counted = await dax.query({ ...ask, Select: "COUNT" });
      expect([counted.Count, counted.Items]).toEqual([4, undefined]);

      const before = node.metrics();
      await dax.deleteItem({ TableName: "Orders", Key: { cust: { S: cust }, ord: { N: "2" } } });
      expect(orders(await dax.query({ ...ask, Limit: 3 }))).toEqual(["2", "3", "4"]);
      expect(orders(await dax.query({ ...ask, Limit: 3, ConsistentRead: true }))).toEqual(["3", "4", "5"]);
      const after = node.metrics();
      expect(after.QueryCacheHits - before.QueryCacheHits).toBe(1);
    });

    it("Scan in segments and with a filter", async () => {
      await tables.createTable(`Scan-${name.slice(0, 6).trim()}`, "id:S");
      const TableName = `Scan-${name.slice(0, 6).trim()}`;
      for (let i = 0; i < 12; i++)
        await dax.putItem({ TableName, Item: { id: { S: `i${i}` }, even: { BOOL: i % 2 === 0 } } });
      const ids: string[] = [];
      for (let Segment = 0; Segment < 3; Segment++) {
        const { Items } = await dax.scan({ TableName, Segment, TotalSegments: 3 });
        ids.push(...Items.map((item: Answer) => item.id.S));
      }
      expect(ids.sort()).toEqual(Array.from({ length: 12 }, (_, i) => `i${i}`).sort());
      const even = await dax.scan({
        TableName,
        FilterExpression: "even = :yes",
        ExpressionAttributeValues: { ":yes": { BOOL: true } },
      });
      expect([even.Count, even.ScannedCount]).toEqual([6, 12]);
      await dax.scan({ TableName, Segment: 0, TotalSegments: 3 });
      expect(node.metrics().ScanCacheHits).toBe(1);
    });

    it("BatchWriteItem, then BatchGetItem from memory and table together", async () => {
      const [a, b, c, d] = [fresh(), fresh(), fresh(), fresh()];
      await tables.directly("PutItem", { TableName: "Books", Item: book(c, { v: { S: "table" } }) });
      await dax.putItem({ TableName: "Books", Item: book(d, { v: { S: "gone" } }) });
      const order = { cust: { S: a }, ord: { N: "1" } };
      const written = await dax.batchWriteItem({
        RequestItems: {
          Books: [
            { PutRequest: { Item: book(a, { v: { S: "A" } }) } },
            { PutRequest: { Item: book(b) } },
            { DeleteRequest: { Key: book(d) } },
          ],
          Orders: [{ PutRequest: { Item: { ...order, v: { N: "7" } } } }],
        },
        ReturnConsumedCapacity: "TOTAL",
      });
      expect(Object.keys(written.UnprocessedItems ?? {})).toEqual([]);
      expect(written.ConsumedCapacity.map((one: Answer) => one.TableName).sort()).toEqual(["Books", "Orders"]);
      const before = node.metrics();
      const answer = await dax.batchGetItem({
        RequestItems: {
          Books: { Keys: [a, b, c, d].map((isbn) => book(isbn)) },
          Orders: { Keys: [order], ProjectionExpression: "v" },
        },
      });
      const byKey = (items: Answer[]) => items.map(plain).sort((x, y) => (x.isbn.S < y.isbn.S ? -1 : 1));
      expect(byKey(answer.Responses.Books)).toEqual(
        byKey([book(a, { v: { S: "A" } }), book(b), book(c, { v: { S: "table" } })]),
      );
      expect(plain(answer.Responses.Orders)).toEqual([{ v: { N: "7" } }]);
      const after = node.metrics();
      expect([after.ItemCacheHits - before.ItemCacheHits, after.ItemCacheMisses - before.ItemCacheMisses]).toEqual([
        4, 1,
      ]);
      const again = await dax.batchGetItem({
        RequestItems: { Books: { Keys: [book(c)], ConsistentRead: true, ProjectionExpression: "v" } },
      });
      expect(plain(again.Responses.Books)).toEqual([{ v: { S: "table" } }]);
    });

    it("Query and Scan of an index, page by page, and the pages' compound keys", async () => {
      const TableName = `Indexed-${name.slice(0, 6).trim()}`;
      await tables.directly("CreateTable", {
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [
          { AttributeName: "cust", AttributeType: "S" },
          { AttributeName: "ord", AttributeType: "N" },
          { AttributeName: "status", AttributeType: "S" },
        ],
        KeySchema: [
          { AttributeName: "cust", KeyType: "HASH" },
          { AttributeName: "ord", KeyType: "RANGE" },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: "byStatus",
            KeySchema: [
              { AttributeName: "status", KeyType: "HASH" },
              { AttributeName: "ord", KeyType: "RANGE" },
            ],
            Projection: { ProjectionType: "KEYS_ONLY" },
          },
        ],
      });
      for (let ord = 1; ord <= 3; ord++) {
        const Item = { cust: { S: `c${ord}` }, ord: { N: String(ord) }, status: { S: "open" }, more: { S: "x" } };
        await dax.putItem({ TableName, Item });
      }
      const ask = {
        TableName,
        IndexName: "byStatus",
        KeyConditionExpression: "#s = :open",
        ExpressionAttributeNames: { "#s": "status" },
        ExpressionAttributeValues: { ":open": { S: "open" } },
        Limit: 2,
      };
      const first = await dax.query(ask);
      expect(plain(first.Items)).toEqual([
        { cust: { S: "c1" }, ord: { N: "1" }, status: { S: "open" } },
        { cust: { S: "c2" }, ord: { N: "2" }, status: { S: "open" } },
      ]);
      expect(plain(first.LastEvaluatedKey)).toEqual({ cust: { S: "c2" }, ord: { N: "2" }, status: { S: "open" } });
      const second = await dax.query({ ...ask, ExclusiveStartKey: first.LastEvaluatedKey });
      expect(plain(second.Items)).toEqual([{ cust: { S: "c3" }, ord: { N: "3" }, status: { S: "open" } }]);
      const page = await dax.scan({ TableName, IndexName: "byStatus", Limit: 1 });
      const rest = await dax.scan({ TableName, IndexName: "byStatus", ExclusiveStartKey: page.LastEvaluatedKey });
      expect([page.Count, rest.Count]).toEqual([1, 2]);
      const refused = await failure(dax.query({ ...ask, ConsistentRead: true }));
      expect(refused.code ?? refused.name).toBe("ValidationException");
    });

    it("a failed condition leaves the value in the table and is answered from there", async () => {
      const isbn = fresh();
      await dax.putItem({ TableName: "Books", Item: book(isbn, { v: { N: "1" } }) });
      await tables.directly("PutItem", { TableName: "Books", Item: book(isbn, { v: { N: "2" } }) });
      expect((await read(isbn)).v).toEqual({ N: "1" });
      await failure(
        dax.deleteItem({ TableName: "Books", Key: book(isbn), ConditionExpression: "attribute_not_exists(isbn)" }),
      );
      expect((await read(isbn)).v).toEqual({ N: "2" });
    });

    it("a table's ARN means the table", async () => {
      const isbn = fresh();
      const arn = "arn:aws:dynamodb:us-west-2:123456789012:table/Books";
      await dax.putItem({ TableName: "Books", Item: book(isbn, { v: { N: "1" } }) });
      const gets = tables.calls.filter((call) => call === "GetItem").length;
      expect((await dax.getItem({ TableName: arn, Key: book(isbn) })).Item.v).toEqual({ N: "1" });
      await dax.putItem({ TableName: arn, Item: book(isbn, { v: { N: "2" } }) });
      expect((await read(isbn)).v).toEqual({ N: "2" });
      expect(tables.calls.filter((call) => call === "GetItem").length).toBe(gets);
      const other = arn.replace("us-west-2", "eu-west-1");
      const refused = await failure(dax.getItem({ TableName: other, Key: book(isbn) }));
      expect(refused.message).toContain("serves tables of account 123456789012 in Region us-west-2");
    });

    it("BatchGetItem refuses a key given twice, also in two spellings", async () => {
      const key = (ord: string) => ({ cust: { S: "dup" }, ord: { N: ord } });
      const refused = await failure(dax.batchGetItem({ RequestItems: { Orders: { Keys: [key("1"), key("1.0")] } } }));
      expect(refused.message).toContain("Provided list of item keys contains duplicates");
    });

    it("TransactWriteItems with all four actions, then TransactGetItems", async () => {
      const [a, b, c, d] = [fresh(), fresh(), fresh(), fresh()];
      for (const isbn of [b, c, d]) await dax.putItem({ TableName: "Books", Item: book(isbn, { n: { N: "1" } }) });
      await dax.transactWriteItems({
        TransactItems: [
          {
            Put: {
              TableName: "Books",
              Item: book(a, { n: { N: "1" } }),
              ConditionExpression: "attribute_not_exists(isbn)",
            },
          },
          {
            Update: {
              TableName: "Books",
              Key: book(b),
              UpdateExpression: "SET n = n + :one",
              ExpressionAttributeValues: { ":one": { N: "1" } },
            },
          },
          { Delete: { TableName: "Books", Key: book(c) } },
          {
            ConditionCheck: {
              TableName: "Books",
              Key: book(d),
              ConditionExpression: "n = :one",
              ExpressionAttributeValues: { ":one": { N: "1" } },
            },
          },
        ],
      });
      expect((await read(b)).n).toEqual({ N: "2" });
      expect(await read(c)).toBeUndefined();
      const answer = await dax.transactGetItems({
        TransactItems: [a, b, c].map((isbn, i) => ({
          Get: { TableName: "Books", Key: book(isbn), ...(i === 1 ? { ProjectionExpression: "n" } : {}) },
        })),
      });
      expect(plain(answer.Responses)).toEqual([{ Item: book(a, { n: { N: "1" } }) }, { Item: { n: { N: "2" } } }, {}]);
    });

    it("a transaction's items are read again in the background, unless the service role may not", async () => {
      const [a, b] = [fresh(), fresh()];
      const write = (isbn: string) =>
        dax.transactWriteItems({
          TransactItems: [{ Put: { TableName: "Books", Item: book(isbn, { v: { N: "1" } }) } }],
        });
      const count = (operation: string) => tables.calls.filter((call) => call === operation).length;
      const refreshes = count("TransactGetItems");
      await write(a);
      await eventually(() => count("TransactGetItems") === refreshes + 1, "the item is read again");
      const gets = count("GetItem");
      expect((await read(a)).v).toEqual({ N: "1" });
      expect(count("GetItem")).toBe(gets);
      tables.refused.add("dynamodb:GetItem");
      await write(b);
      await eventually(() => count("TransactGetItems") === refreshes + 2, "the item is tried");
      tables.refused.clear();
      expect((await read(b)).v).toEqual({ N: "1" });
    });

    it("a cancelled transaction tells its reasons, with the old item where it was asked for", async () => {
      const [a, b] = [fresh(), fresh()];
      await dax.putItem({ TableName: "Books", Item: book(b, { n: { N: "1" } }) });
      const cancelled = await failure(
        dax.transactWriteItems({
          TransactItems: [
            { Put: { TableName: "Books", Item: book(a) } },
            {
              ConditionCheck: {
                TableName: "Books",
                Key: book(b),
                ConditionExpression: "n = :two",
                ExpressionAttributeValues: { ":two": { N: "2" } },
                ReturnValuesOnConditionCheckFailure: "ALL_OLD",
              },
            },
          ],
        }),
      );
      expect(cancelled.code ?? cancelled.name).toBe("TransactionCanceledException");
      const reasons = cancelled.CancellationReasons ?? cancelled.cancellationReasons;
      expect(plain(reasons).map((reason: Answer) => reason.Code)).toEqual(["None", "ConditionalCheckFailed"]);
      expect(plain(reasons)[1].Item).toEqual(book(b, { n: { N: "1" } }));
      expect(await read(a)).toBeUndefined();
    });

    it("errors of the table arrive by name: validation, missing table, refusal of the service role", async () => {
      const isbn = fresh();
      const invalid = await failure(
        dax.updateItem({
          TableName: "Books",
          Key: book(isbn),
          UpdateExpression: "SET isbn = :x",
          ExpressionAttributeValues: { ":x": { S: "y" } },
        }),
      );
      expect(invalid.code ?? invalid.name).toBe("ValidationException");
      expect(invalid.message).toContain("This attribute is part of the key");
      const missing = await failure(dax.getItem({ TableName: "Nowhere", Key: book(isbn) }));
      expect(missing.code ?? missing.name).toBe("ResourceNotFoundException");
      tables.refused.add("dynamodb:PutItem");
      const refused = await failure(dax.putItem({ TableName: "Books", Item: book(isbn) }));
      expect(refused.code ?? refused.name).toBe("AccessDeniedException");
      expect(refused.message).toContain(
        "User: arn:aws:sts::123456789012:assumed-role/DAXServiceRole/dax-daxcluster01 is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-west-2:123456789012:table/Books",
      );
    });
  });
}
