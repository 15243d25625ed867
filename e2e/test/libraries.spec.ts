// biome-ignore-all lint/suspicious/noTemplateCurlyInString: dynamodb-onetable has placeholders of its own in strings.
import { type CreateTableCommandInput, DynamoDB } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocument, paginateQuery, paginateScan } from "@aws-sdk/lib-dynamodb";
import { Table as OneTable } from "dynamodb-onetable";
import {
  $add,
  BatchGetCommand,
  BatchGetRequest,
  BatchPutRequest,
  BatchWriteCommand,
  ConditionCheck,
  DeleteItemCommand,
  Entity,
  executeBatchGet,
  executeBatchWrite,
  executeTransactGet,
  executeTransactWrite,
  GetItemCommand,
  GetTransaction,
  item,
  number,
  PutItemCommand,
  PutTransaction,
  QueryCommand,
  ScanCommand,
  string,
  Table,
  UpdateItemCommand,
  UpdateTransaction,
} from "dynamodb-toolbox";
import { Entity as ElectroEntity, Service } from "electrodb";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** One table as single-table designs have it: generic keys and one overloaded global index. */
const singleTable = (TableName: string): CreateTableCommandInput => ({
  TableName,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: ["pk", "sk", "gsi1pk", "gsi1sk"].map((AttributeName) => ({
    AttributeName,
    AttributeType: "S" as const,
  })),
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "gsi1",
      KeySchema: [
        { AttributeName: "gsi1pk", KeyType: "HASH" },
        { AttributeName: "gsi1sk", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "ALL" },
    },
  ],
});

const orderId = (n: number) => `order-${String(n).padStart(3, "0")}`;
const numbered = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

let hotkeep: RunningHotkeep;
let client: DynamoDB;

beforeAll(async () => {
  hotkeep = await startHotkeep({ empty: true });
  const { endpoint, region, credentials } = hotkeep;
  client = new DynamoDB({ endpoint, region, credentials: { ...credentials.root! }, maxAttempts: 1 });
});
afterAll(async () => {
  client?.destroy();
  await hotkeep?.stop();
});

describe("@aws-sdk/lib-dynamodb", () => {
  const TableName = "Document";
  let document: DynamoDBDocument;
  const order = (n: number, status = "open") => ({
    pk: "customer#ann",
    sk: orderId(n),
    gsi1pk: `status#${status}`,
    gsi1sk: orderId(n),
    total: n,
  });

  beforeAll(async () => {
    await client.createTable(singleTable(TableName));
    document = DynamoDBDocument.from(client, { marshallOptions: { removeUndefinedValues: true } });
  });

  it("keeps every JavaScript value as it was", async () => {
    const Item = {
      pk: "values",
      sk: "all",
      text: "ünï",
      empty: "",
      zero: 0,
      fraction: -1.5,
      yes: true,
      nothing: null,
      list: [1, "two", [3], { four: 4 }],
      map: { deep: { deeper: ["x"] } },
      names: new Set(["a", "b"]),
      numbers: new Set([1, 2.5]),
      bytes: new Uint8Array([0, 255, 1]),
    };
    await document.put({ TableName, Item: { ...Item, absent: undefined } });
    const { Item: found } = await document.get({ TableName, Key: { pk: "values", sk: "all" } });
    expect(found).toEqual(Item);
    await document.delete({ TableName, Key: { pk: "values", sk: "all" } });
  });

  it("creates once, updates under a condition and returns the old item of a failed one", async () => {
    const ConditionExpression = "attribute_not_exists(pk)";
    await document.put({ TableName, Item: order(1), ConditionExpression });
    await expect(
      document.put({ TableName, Item: order(1), ConditionExpression, ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
    ).rejects.toMatchObject({ name: "ConditionalCheckFailedException", message: "The conditional request failed" });
    const update = (least: number) =>
      document.update({
        TableName,
        Key: { pk: "customer#ann", sk: orderId(1) },
        UpdateExpression: "SET #total = #total + :one, #tags = list_append(if_not_exists(#tags, :none), :tag)",
        ConditionExpression: "#total >= :least",
        ExpressionAttributeNames: { "#total": "total", "#tags": "tags" },
        ExpressionAttributeValues: { ":one": 1, ":none": [], ":tag": ["new"], ":least": least },
        ReturnValues: "UPDATED_NEW",
      });
    expect((await update(1)).Attributes).toEqual({ total: 2, tags: ["new"] });
    await expect(update(100)).rejects.toThrow("The conditional request failed");
  });

  it("batches, queries a range and an index, and turns pages", async () => {
    await document.batchWrite({
      RequestItems: {
        [TableName]: numbered(20).map((n) => ({ PutRequest: { Item: order(n, n % 4 === 0 ? "paid" : "open") } })),
      },
    });
    const { Responses } = await document.batchGet({
      RequestItems: { [TableName]: { Keys: [3, 5, 99].map((n) => ({ pk: "customer#ann", sk: orderId(n) })) } },
    });
    expect(Responses?.[TableName]?.map(({ total }) => total).sort()).toEqual([3, 5]);
    const range = await document.query({
      TableName,
      KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
      ExpressionAttributeValues: { ":pk": "customer#ann", ":from": orderId(5), ":to": orderId(8) },
      ScanIndexForward: false,
    });
    expect(range.Items?.map(({ total }) => total)).toEqual([8, 7, 6, 5]);
    const pages: number[][] = [];
    const byStatus = {
      TableName,
      IndexName: "gsi1",
      KeyConditionExpression: "gsi1pk = :status",
      ExpressionAttributeValues: { ":status": "status#paid" },
    };
    for await (const { Items } of paginateQuery({ client: document, pageSize: 2 }, byStatus))
      pages.push(Items!.map(({ total }) => total as number));
    expect(pages).toEqual([[4, 8], [12, 16], [20]]);
    let scanned = 0;
    for await (const { Count } of paginateScan({ client: document, pageSize: 7 }, { TableName })) scanned += Count!;
    expect(scanned).toBe(20);
  });

  it("writes a transaction whole or not at all, and reads one", async () => {
    const transfer = (limit: number) =>
      document.transactWrite({
        TransactItems: [
          { Put: { TableName, Item: { pk: "ledger", sk: `entry ${limit}` } } },
          {
            Update: {
              TableName,
              Key: { pk: "customer#ann", sk: orderId(2) },
              UpdateExpression: "ADD #total :ten",
              ConditionExpression: "#total < :limit",
              ExpressionAttributeNames: { "#total": "total" },
              ExpressionAttributeValues: { ":ten": 10, ":limit": limit },
              ReturnValuesOnConditionCheckFailure: "ALL_OLD",
            },
          },
        ],
      });
    await transfer(5);
    await expect(transfer(6)).rejects.toMatchObject({
      name: "TransactionCanceledException",
      CancellationReasons: [{ Code: "None" }, { Code: "ConditionalCheckFailed", Item: { total: { N: "12" } } }],
    });
    const { Responses } = await document.transactGet({
      TransactItems: [
        { Get: { TableName, Key: { pk: "customer#ann", sk: orderId(2) } } },
        { Get: { TableName, Key: { pk: "ledger", sk: "entry 5" } } },
        { Get: { TableName, Key: { pk: "ledger", sk: "entry 6" } } },
      ],
    });
    expect(Responses?.map(({ Item }) => Item)).toEqual([
      { ...order(2), total: 12 },
      { pk: "ledger", sk: "entry 5" },
      undefined,
    ]);
  });

  it("deletes and gives back what it deleted", async () => {
    const { Attributes } = await document.delete({
      TableName,
      Key: { pk: "customer#ann", sk: orderId(20) },
      ReturnValues: "ALL_OLD",
    });
    expect(Attributes).toEqual(order(20, "paid"));
    const { Item } = await document.get({ TableName, Key: { pk: "customer#ann", sk: orderId(20) } });
    expect(Item).toBeUndefined();
  });
});

describe("dynamodb-toolbox", () => {
  const shop = () => {
    const table = new Table({
      documentClient: DynamoDBDocument.from(client),
      name: "Toolbox",
      partitionKey: { name: "pk", type: "string" },
      sortKey: { name: "sk", type: "string" },
      indexes: {
        gsi1: {
          type: "global",
          partitionKey: { name: "gsi1pk", type: "string" },
          sortKey: { name: "gsi1sk", type: "string" },
        },
      },
    });
    const orders = new Entity({
      name: "Order",
      table,
      schema: item({
        customer: string().key().savedAs("pk"),
        id: string().key().savedAs("sk"),
        status: string().enum("open", "paid").default("open").savedAs("gsi1pk"),
        placed: string().savedAs("gsi1sk"),
        total: number(),
      }),
    });
    return { table, orders };
  };
  let table: ReturnType<typeof shop>["table"];
  let orders: ReturnType<typeof shop>["orders"];
  const key = (n: number) => ({ customer: "ann", id: orderId(n) });
  const order = (n: number, status: "open" | "paid" = "open") => ({ ...key(n), status, placed: orderId(n), total: n });

  beforeAll(async () => {
    await client.createTable(singleTable("Toolbox"));
    ({ table, orders } = shop());
  });

  it("creates once, gets, and updates under a condition", async () => {
    const create = () =>
      orders
        .build(PutItemCommand)
        .item(order(1))
        .options({ condition: { attr: "customer", exists: false } })
        .send();
    await create();
    await expect(create()).rejects.toThrow("The conditional request failed");
    const { Item } = await orders.build(GetItemCommand).key(key(1)).options({ consistent: true }).send();
    expect(Item).toMatchObject(order(1));
    const raise = (lt: number) =>
      orders
        .build(UpdateItemCommand)
        .item({ ...key(1), total: $add(5) })
        .options({ condition: { attr: "total", lt }, returnValues: "ALL_NEW" })
        .send();
    expect((await raise(3)).Attributes).toMatchObject({ total: 6 });
    await expect(raise(3)).rejects.toThrow("The conditional request failed");
  });

  it("batches, queries a range and an index, filters, and turns pages", async () => {
    const puts = numbered(20).map((n) => orders.build(BatchPutRequest).item(order(n, n % 4 === 0 ? "paid" : "open")));
    await executeBatchWrite(table.build(BatchWriteCommand).requests(...puts));
    const gets = [3, 99].map((n) => orders.build(BatchGetRequest).key(key(n)));
    const { Responses } = await executeBatchGet(table.build(BatchGetCommand).requests(...gets));
    expect(Responses?.[0]).toMatchObject([order(3), undefined]);
    const range = await table
      .build(QueryCommand)
      .entities(orders)
      .query({ partition: "ann", range: { between: [orderId(5), orderId(9)] } })
      .options({ filters: { Order: { attr: "total", ne: 7 } }, reverse: true })
      .send();
    expect(range.Items?.map(({ total }) => total)).toEqual([9, 8, 6, 5]);
    const paid = table.build(QueryCommand).entities(orders).query({ index: "gsi1", partition: "paid" });
    const first = await paid.options({ limit: 3 }).send();
    expect(first.Items?.map(({ total }) => total)).toEqual([4, 8, 12]);
    const second = await paid.options({ limit: 3, exclusiveStartKey: first.LastEvaluatedKey! }).send();
    expect(second.Items?.map(({ total }) => total)).toEqual([16, 20]);
    const all = await table.build(ScanCommand).entities(orders).options({ limit: 6, maxPages: Infinity }).send();
    expect(all.Items).toHaveLength(20);
  });

  it("writes a transaction whole or not at all, and reads one", async () => {
    const attempt = (n: number, least: number) =>
      executeTransactWrite(
        orders.build(PutTransaction).item(order(n)),
        orders.build(UpdateTransaction).item({ ...key(2), total: $add(1) }),
        orders.build(ConditionCheck).key(key(3)).condition({ attr: "total", gte: least }),
      );
    await attempt(30, 3);
    await expect(attempt(31, 4)).rejects.toMatchObject({
      name: "TransactionCanceledException",
      CancellationReasons: [{ Code: "None" }, { Code: "None" }, { Code: "ConditionalCheckFailed" }],
    });
    const gets = [2, 30, 31].map((n) => orders.build(GetTransaction).key(key(n)));
    const { Responses } = await executeTransactGet(...gets);
    expect(Responses?.map((response) => response?.Item?.total)).toEqual([3, 30, undefined]);
  });

  it("deletes under a condition", async () => {
    const remove = (eq: "open" | "paid") =>
      orders
        .build(DeleteItemCommand)
        .key(key(4))
        .options({ condition: { attr: "status", eq }, returnValues: "ALL_OLD" })
        .send();
    await expect(remove("open")).rejects.toThrow("The conditional request failed");
    expect((await remove("paid")).Attributes).toMatchObject(order(4, "paid"));
    expect((await orders.build(GetItemCommand).key(key(4)).send()).Item).toBeUndefined();
  });
});

type Row = Readonly<Record<string, unknown>>;

/** What of a model is used here: the library's own types cannot name values that stand in a template. */
interface OneModel {
  create(item: object, params?: object): Promise<Row>;
  get(key: object, params?: object): Promise<Row | undefined>;
  update(item: object, params?: object): Promise<Row>;
  remove(key: object, params?: object): Promise<unknown>;
  find(key: object, params?: object): Promise<Row[] & { readonly next?: object; readonly prev?: object }>;
  scan(key: object, params?: object): Promise<Row[]>;
}

describe("dynamodb-onetable", () => {
  const schema = {
    format: "onetable:1.1.0",
    version: "0.0.1",
    indexes: { primary: { hash: "pk", sort: "sk" }, gsi1: { hash: "gsi1pk", sort: "gsi1sk", project: "all" } },
    models: {
      Customer: {
        pk: { type: String, value: "customer#${name}" },
        sk: { type: String, value: "profile" },
        name: { type: String, required: true },
        mail: { type: String, required: true, unique: true },
        orders: { type: Number, default: 0 },
        since: { type: Date },
      },
      Order: {
        pk: { type: String, value: "customer#${customer}" },
        sk: { type: String, value: "order#${id}" },
        customer: { type: String, required: true },
        id: { type: String, required: true },
        status: { type: String, enum: ["open", "paid"], default: "open" },
        total: { type: Number },
        gsi1pk: { type: String, value: "status#${status}" },
        gsi1sk: { type: String, value: "order#${id}" },
      },
    },
    params: { isoDates: true, timestamps: true },
  } as const;
  let table: OneTable<typeof schema>;
  let customers: OneModel;
  let orders: OneModel;
  const key = (n: number) => ({ customer: "ann", id: orderId(n) });

  beforeAll(() => {
    table = new OneTable({ client, name: "One", schema, partial: false, logger: false } as never);
    customers = table.getModel("Customer") as unknown as OneModel;
    orders = table.getModel("Order") as unknown as OneModel;
  });

  it("creates its table with its index and finds it", async () => {
    expect(await table.exists()).toBe(false);
    await table.createTable();
    expect(await table.exists()).toBe(true);
    const { Table: described } = await client.describeTable({ TableName: "One" });
    expect(described?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(["gsi1"]);
  });

  it("keeps a unique attribute unique through its transactions", async () => {
    const since = new Date("2026-11-23T10:00:00.000Z");
    await customers.create({ name: "ann", mail: "ann@example.com", since });
    await expect(customers.create({ name: "bob", mail: "ann@example.com" })).rejects.toThrow(/unique/);
    expect(await customers.get({ name: "bob" })).toBeUndefined();
    expect(await customers.get({ name: "ann" })).toMatchObject({ mail: "ann@example.com", since, orders: 0 });
    await customers.update({ name: "ann", mail: "ann@example.org" });
    await customers.create({ name: "bob", mail: "ann@example.com" });
  });

  it("creates once, updates under a condition and counts", async () => {
    await orders.create({ ...key(1), total: 1 });
    await expect(orders.create({ ...key(1), total: 2 })).rejects.toThrow('Conditional create failed for "Order"');
    const pay = () => orders.update({ ...key(1), status: "paid" }, { where: "${status} = {open}" });
    expect(await pay()).toMatchObject({ status: "paid", total: 1 });
    await expect(pay()).rejects.toThrow("The conditional request failed");
    expect(await customers.update({ name: "ann" }, { add: { orders: 2 } })).toMatchObject({ orders: 2 });
  });

  it("batches, queries a range and an index, and turns pages both ways", async () => {
    const batch = {};
    for (const n of numbered(20))
      await orders.create({ ...key(n), total: n, status: n % 4 === 0 ? "paid" : "open" }, { batch, exists: null });
    expect(await table.batchWrite(batch)).toBe(true);
    const wanted = {};
    for (const n of [3, 5]) await orders.get(key(n), { batch: wanted });
    const found = (await table.batchGet(wanted, { parse: true, hidden: false })) as unknown as Row[];
    expect(found.map(({ total }) => total).sort()).toEqual([3, 5]);
    const between = { between: [`order#${orderId(5)}`, `order#${orderId(8)}`] };
    const range = await orders.find({ customer: "ann", sk: between }, { where: "${total} <> {7}" });
    expect(range.map(({ total }) => total)).toEqual([5, 6, 8]);
    const paid = (next?: object) => orders.find({ status: "paid" }, { index: "gsi1", limit: 3, next });
    const first = await paid();
    expect(first.map(({ total }) => total)).toEqual([4, 8, 12]);
    const second = await paid(first.next);
    expect(second.map(({ total }) => total)).toEqual([16, 20]);
    expect(second.next).toBeUndefined();
    const back = await orders.find({ status: "paid" }, { index: "gsi1", limit: 3, prev: second.prev });
    expect(back.map(({ total }) => total)).toEqual([4, 8, 12]);
    expect(await orders.scan({}, { limit: 100 })).toHaveLength(20);
  });

  it("writes a transaction whole or not at all, and reads one", async () => {
    const attempt = async (n: number, count: number) => {
      const transaction = {};
      await orders.create({ ...key(n), total: n }, { transaction });
      await customers.update({ name: "ann" }, { transaction, add: { orders: 1 }, where: `\${orders} < {${count}}` });
      await table.transact("write", transaction);
    };
    await attempt(30, 3);
    await expect(attempt(31, 3)).rejects.toThrow(/cancelled/i);
    const reading = {};
    for (const n of [30, 31]) await orders.get(key(n), { transaction: reading });
    const read = (await table.transact("get", reading, { parse: true, hidden: false })) as unknown as Row[];
    expect(read.map((one) => one?.total).filter((total) => total !== undefined)).toEqual([30]);
    expect(await customers.get({ name: "ann" })).toMatchObject({ orders: 3 });
  });

  it("removes one, removes many, and drops its table", async () => {
    await orders.remove(key(1));
    expect(await orders.get(key(1))).toBeUndefined();
    await orders.remove({ customer: "ann" }, { many: true });
    expect(await orders.find({ customer: "ann" })).toHaveLength(0);
    expect(await customers.get({ name: "ann" })).toBeDefined();
    await table.deleteTable("DeleteTableForever");
  });
});

describe("electrodb", () => {
  const shop = () => {
    const options = { client, table: "Electro" };
    const customers = new ElectroEntity(
      {
        model: { entity: "customer", version: "1", service: "shop" },
        attributes: { name: { type: "string" }, orders: { type: "number", default: 0 } },
        indexes: {
          account: {
            collection: "account",
            pk: { field: "pk", composite: ["name"] },
            sk: { field: "sk", composite: [] },
          },
        },
      },
      options,
    );
    const orders = new ElectroEntity(
      {
        model: { entity: "order", version: "1", service: "shop" },
        attributes: {
          name: { type: "string" },
          id: { type: "string" },
          status: { type: ["open", "paid"] as const, default: "open" },
          total: { type: "number", required: true },
          tags: { type: "set", items: "string" },
          lines: { type: "list", items: { type: "map", properties: { sku: { type: "string" } } } },
        },
        indexes: {
          ofCustomer: {
            collection: "account",
            pk: { field: "pk", composite: ["name"] },
            sk: { field: "sk", composite: ["id"] },
          },
          byStatus: {
            index: "gsi1",
            pk: { field: "gsi1pk", composite: ["status"] },
            sk: { field: "gsi1sk", composite: ["id"] },
          },
        },
      },
      options,
    );
    return { customers, orders, service: new Service({ customers, orders }, options) };
  };
  let customers: ReturnType<typeof shop>["customers"];
  let orders: ReturnType<typeof shop>["orders"];
  let service: ReturnType<typeof shop>["service"];
  const key = (n: number) => ({ name: "ann", id: orderId(n) });

  beforeAll(async () => {
    await client.createTable(singleTable("Electro"));
    ({ customers, orders, service } = shop());
  });

  it("creates once, gets, and updates under a condition with sets and lists", async () => {
    await customers.create({ name: "ann" }).go();
    const first = { ...key(1), total: 1, tags: ["a"], lines: [{ sku: "x" }] };
    await orders.create(first).go();
    await expect(orders.create(first).go()).rejects.toThrow("The conditional request failed");
    const change = () =>
      orders
        .patch(key(1))
        .add({ total: 5, tags: ["b"] })
        .append({ lines: [{ sku: "y" }] })
        .where(({ total }, { lt }) => lt(total, 3))
        .go({ response: "all_new" });
    expect((await change()).data).toEqual({
      ...key(1),
      status: "open",
      total: 6,
      tags: ["a", "b"],
      lines: [{ sku: "x" }, { sku: "y" }],
    });
    await expect(change()).rejects.toThrow("The conditional request failed");
    await expect(orders.patch(key(77)).set({ total: 1 }).go()).rejects.toThrow("The conditional request failed");
  });

  it("batches, queries ranges, an index and a collection, and turns pages", async () => {
    // More than one BatchWriteItem holds: the library cuts it up.
    const all = numbered(30).map((n) => ({ ...key(n), total: n, status: n % 4 === 0 ? "paid" : "open" }) as const);
    expect((await orders.put([...all]).go()).unprocessed).toEqual([]);
    const got = await orders.get([key(3), key(99)]).go({ preserveBatchOrder: true });
    expect(got.data.map((one) => one?.total)).toEqual([3, undefined]);
    const range = await orders.query
      .ofCustomer({ name: "ann" })
      .between({ id: orderId(5) }, { id: orderId(8) })
      .where(({ total }, { ne }) => ne(total, 7))
      .go({ order: "desc" });
    expect(range.data.map(({ total }) => total)).toEqual([8, 6, 5]);
    const paid = orders.query.byStatus({ status: "paid" });
    const first = await paid.go({ limit: 4 });
    expect(first.data.map(({ total }) => total)).toEqual([4, 8, 12, 16]);
    const second = await paid.go({ limit: 4, cursor: first.cursor });
    expect(second.data.map(({ total }) => total)).toEqual([20, 24, 28]);
    expect(second.cursor).toBeNull();
    const account = await service.collections.account({ name: "ann" }).go({ pages: "all" });
    expect([account.data.customers.length, account.data.orders.length]).toEqual([1, 30]);
    expect((await orders.scan.go({ pages: "all", limit: 7 })).data).toHaveLength(30);
  });

  it("writes a transaction whole or not at all, and reads one", async () => {
    const attempt = (n: number, below: number) =>
      service.transaction
        .write(({ customers, orders }) => [
          orders.create({ ...key(n), total: n }).commit(),
          customers
            .patch({ name: "ann" })
            .add({ orders: 1 })
            .where(({ orders }, { lt }) => lt(orders, below))
            .commit({ response: "all_old" }),
        ])
        .go();
    expect((await attempt(40, 1)).canceled).toBe(false);
    const failed = await attempt(41, 1);
    expect(failed.canceled).toBe(true);
    expect(failed.data.map((one) => one.code)).toEqual(["None", "ConditionalCheckFailed"]);
    expect(failed.data[1]!.item).toEqual({ name: "ann", orders: 1 });
    const read = await service.transaction
      .get(({ orders }) => [orders.get(key(40)).commit(), orders.get(key(41)).commit()])
      .go();
    expect(read.data.map(({ item: one }) => one?.total)).toEqual([40, undefined]);
  });

  it("removes, and removes in batches", async () => {
    expect((await orders.remove(key(4)).go({ response: "all_old" })).data).toMatchObject({ total: 4, status: "paid" });
    await expect(orders.remove(key(4)).go()).rejects.toThrow("The conditional request failed");
    expect((await orders.delete(numbered(30).map(key)).go()).unprocessed).toEqual([]);
    expect((await orders.query.ofCustomer({ name: "ann" }).go()).data.map(({ total }) => total)).toEqual([40]);
  });
});
