import { randomUUID } from "node:crypto";
import type { DynamoDB, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { SeededRandom } from "@hotkeep/core";
import { type Outcome, outcomeOf } from "./outcome.js";
import { nameOf, type Snapshot, textOf } from "./snapshot.js";
import { type Item, ledger, orders } from "./world.js";

const keysPerOwner = 10;
const paddingMax = 3000;
const statuses = ["open", "paid", "sent"];

/** One write, with what it leaves behind when it happens. */
interface Write {
  readonly what: string;
  readonly after: ReadonlyMap<string, Item | undefined>;
  /** Whether the service takes all of it or nothing. */
  readonly atomic: boolean;
  /** Whether its conditions hold. */
  readonly holds: boolean;
  send(): Promise<unknown>;
}

/**
 * Writes keys that nobody else writes, one call at a time, and so knows after every answer exactly what the tables hold
 * of it. Only the last call before a crash may have happened or not.
 */
export class Owner {
  readonly #index: number;
  readonly #random: SeededRandom;
  readonly #items = new Map<string, Item>();
  #unanswered: Write | undefined;
  #version = 0;
  /** Answered writes by kind. */
  readonly answered = new Map<string, number>();
  /** Calls without an answer, and how many of them had happened, in part or whole. */
  readonly open = { calls: 0, happened: 0 };

  constructor(index: number, random: SeededRandom) {
    this.#index = index;
    this.#random = random;
  }

  /** Writes until a call stays without an answer. */
  async run(client: DynamoDB): Promise<void> {
    while (this.#unanswered === undefined) {
      const write = this.#next(client);
      const outcome = await outcomeOf(write.send());
      if (outcome === "unanswered") this.#unanswered = write;
      else this.#answer(write, outcome);
    }
  }

  /** Compares what is there with what must be there, and takes over what became of the unanswered call. */
  settle({ items }: Snapshot): readonly string[] {
    const faults: string[] = [];
    const write = this.#unanswered;
    const changed = [...(write?.after ?? [])].filter(([name, item]) => textOf(item) !== textOf(this.#items.get(name)));
    const happened = changed.filter(([name, item]) => textOf(items.get(name)) === textOf(item));
    if (write !== undefined && !write.holds && happened.length > 0)
      faults.push(`${write.what} happened against its condition`);
    if (write?.atomic && happened.length > 0 && happened.length < changed.length)
      faults.push(`${write.what} happened in part: ${happened.length} of ${changed.length} changes`);
    for (const [name, item] of happened) this.#set(name, item);
    if (write !== undefined) this.open.calls++;
    if (happened.length > 0) this.open.happened++;
    this.#unanswered = undefined;

    for (const name of this.#names()) {
      const expected = textOf(this.#items.get(name));
      const found = textOf(items.get(name));
      if (found !== expected) faults.push(`${name} is ${found}, must be ${expected}`);
    }
    return faults;
  }

  #answer(write: Write, outcome: Outcome): void {
    if ((outcome === "done") !== write.holds)
      throw new Error(`${write.what} was ${outcome}, its conditions ${write.holds ? "held" : "did not hold"}`);
    if (outcome === "done") for (const [name, item] of write.after) this.#set(name, item);
    this.answered.set(write.what, (this.answered.get(write.what) ?? 0) + 1);
  }

  #set(name: string, item: Item | undefined): void {
    if (item === undefined) this.#items.delete(name);
    else this.#items.set(name, item);
  }

  #names(): readonly string[] {
    const counter = nameOf(ledger, this.#counterKey());
    return [counter, ...Array.from({ length: keysPerOwner }, (_, n) => nameOf(orders, this.#key(n)))];
  }

  #key(n: number): Item {
    return { pk: { S: `owner ${this.#index}` }, sk: { S: `order ${n}` } };
  }

  #counterKey(): Item {
    return { pk: { S: `counter ${this.#index}` } };
  }

  #anyKey(): Item {
    return this.#key(this.#random.below(keysPerOwner));
  }

  #newItem(key: Item): Item {
    const random = this.#random;
    return {
      ...key,
      version: { N: String(++this.#version) },
      padding: { S: "x".repeat(random.below(paddingMax)) },
      ...(random.below(4) > 0 && { total: { N: String(random.below(50)) } }),
      ...(random.below(4) > 0 && { status: { S: statuses[random.below(statuses.length)]! } }),
      stamp: { N: String(random.below(1000)) },
    };
  }

  #next(client: DynamoDB): Write {
    switch (this.#random.below(8)) {
      case 0:
      case 1:
        return this.#put(client);
      case 2:
      case 3:
        return this.#update(client);
      case 4:
        return this.#delete(client);
      case 5:
        return this.#batch(client);
      default:
        return this.#transact(client);
    }
  }

  #put(client: DynamoDB): Write {
    const item = this.#newItem(this.#anyKey());
    const name = nameOf(orders, item);
    const send = () => client.putItem({ TableName: orders, Item: item });
    return { what: "PutItem", after: new Map([[name, item]]), atomic: true, holds: true, send };
  }

  /** Moves an item in both indexes, under the condition that it has the version it is known to have: or another. */
  #update(client: DynamoDB): Write {
    const key = this.#anyKey();
    const name = nameOf(orders, key);
    const before = this.#items.get(name);
    const right = this.#random.below(5) > 0;
    const expected = right ? (before?.version?.N ?? "0") : "-1";
    const { total = { N: "7" }, stamp, version } = this.#newItem(key);
    const { status: _, ...rest } = before ?? key;
    return {
      what: "UpdateItem",
      after: new Map([[name, { ...rest, total, stamp: stamp!, version: version! }]]),
      atomic: true,
      holds: right && before !== undefined,
      send: () =>
        client.updateItem({
          TableName: orders,
          Key: key,
          UpdateExpression: "SET #total = :total, stamp = :stamp, version = :version REMOVE #status",
          ConditionExpression: "version = :expected",
          ExpressionAttributeNames: { "#total": "total", "#status": "status" },
          ExpressionAttributeValues: {
            ":total": total,
            ":stamp": stamp!,
            ":version": version!,
            ":expected": { N: expected },
          },
        }),
    };
  }

  #delete(client: DynamoDB): Write {
    const key = this.#anyKey();
    const send = () => client.deleteItem({ TableName: orders, Key: key });
    return {
      what: "DeleteItem",
      after: new Map([[nameOf(orders, key), undefined]]),
      atomic: true,
      holds: true,
      send,
    };
  }

  #batch(client: DynamoDB): Write {
    const first = this.#random.below(keysPerOwner);
    const items = [0, 1, 2].map((n) => this.#newItem(this.#key((first + n) % keysPerOwner)));
    const requests = items.map((item) => ({ PutRequest: { Item: item } }));
    return {
      what: "BatchWriteItem",
      after: new Map(items.map((item) => [nameOf(orders, item), item])),
      atomic: false,
      holds: true,
      send: async () => {
        const { UnprocessedItems } = await client.batchWriteItem({ RequestItems: { [orders]: requests } });
        if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error("a small batch was not processed");
      },
    };
  }

  /** Puts one, deletes one, counts in the other table and, at times, checks what is not so. */
  #transact(client: DynamoDB): Write {
    const first = this.#random.below(keysPerOwner);
    const item = this.#newItem(this.#key(first));
    const gone = this.#key((first + 1) % keysPerOwner);
    const checked = this.#key((first + 2) % keysPerOwner);
    const holds = this.#random.below(5) > 0;
    const there = this.#items.has(nameOf(orders, checked));
    const counter = nameOf(ledger, this.#counterKey());
    const count = Number(this.#items.get(counter)?.count?.N ?? 0) + 1;
    const owner = { S: `owner ${count % 3}` };
    const TransactItems: TransactWriteItem[] = [
      { Put: { TableName: orders, Item: item } },
      { Delete: { TableName: orders, Key: gone } },
      {
        Update: {
          TableName: ledger,
          Key: this.#counterKey(),
          UpdateExpression: "SET #owner = :owner ADD #count :one",
          ExpressionAttributeNames: { "#owner": "owner", "#count": "count" },
          ExpressionAttributeValues: { ":owner": owner, ":one": { N: "1" } },
        },
      },
      {
        ConditionCheck: {
          TableName: orders,
          Key: checked,
          ConditionExpression: there === holds ? "attribute_exists(pk)" : "attribute_not_exists(pk)",
        },
      },
    ];
    return {
      what: "TransactWriteItems",
      after: new Map<string, Item | undefined>([
        [nameOf(orders, item), item],
        [nameOf(orders, gone), undefined],
        [counter, { ...this.#counterKey(), owner, count: { N: String(count) } }],
      ]),
      atomic: true,
      holds,
      send: () => client.transactWriteItems({ TransactItems, ClientRequestToken: randomUUID() }),
    };
  }
}
