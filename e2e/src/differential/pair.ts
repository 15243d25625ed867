import type { Content, Step } from "./case.js";
import { bodyDifferences, type Difference, differences } from "./compare.js";
import type { Answer, DynamoDbEndpoint } from "./endpoint.js";
import { canonical, type Json, type JsonObject } from "./json.js";
import { withPlainNumbers, withSortedSets } from "./normalise.js";
import { comparableRecords, recordsSince, type StreamPosition, streamStart } from "./stream-position.js";

const pagesMax = 200;
const batchItemsMax = 25;

const writes: ReadonlySet<string> = new Set([
  ...["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"],
  ...["ExecuteStatement", "BatchExecuteStatement"],
]);

/** Whether a step can change items. */
export const isWrite = ({ operation }: Step): boolean => writes.has(operation);

/** The reference and the server under test, asked the same. */
export class Pair {
  readonly #reference: DynamoDbEndpoint;
  readonly #ours: DynamoDbEndpoint;
  /** Where the streams of tables that have one were read to, on both sides. */
  readonly #streams = new Map<string, readonly [StreamPosition, StreamPosition]>();
  /** Key attributes by table. */
  readonly #keys = new Map<string, readonly string[]>();
  requests = 0;

  constructor(reference: DynamoDbEndpoint, ours: DynamoDbEndpoint) {
    this.#reference = reference;
    this.#ours = ours;
  }

  /** Makes a table on both sides, empty and active. */
  async createTable(input: JsonObject): Promise<void> {
    const name = input.TableName as string;
    this.#keys.set(
      name,
      (input.KeySchema as readonly { AttributeName: string }[]).map(({ AttributeName }) => AttributeName),
    );
    await this.#both(async (endpoint) => {
      succeeded(await endpoint.call("CreateTable", input));
      await untilActive(endpoint, name);
    });
    if (input.StreamSpecification === undefined) return;
    this.#streams.set(name, await this.#both((endpoint) => streamStart(endpoint, name)));
  }

  async deleteTable(name: string): Promise<void> {
    this.#keys.delete(name);
    this.#streams.delete(name);
    await this.#both((endpoint) => endpoint.call("DeleteTable", { TableName: name }));
  }

  /** Deletes on both sides all tables but those made by {@link createTable}. */
  async deleteOtherTables(): Promise<void> {
    await this.#both(async (endpoint) => {
      const { body } = await endpoint.call("ListTables", {});
      for (const name of (body as { TableNames: readonly string[] }).TableNames) {
        if (this.#keys.has(name)) continue;
        await endpoint.call("UpdateTable", { TableName: name, DeletionProtectionEnabled: false });
        await endpoint.call("DeleteTable", { TableName: name });
      }
    });
  }

  /** Makes the tables on both sides hold exactly these items; `tables` not named in `content` are emptied. */
  async fill(tables: readonly string[], content: Content): Promise<void> {
    await this.#both(async (endpoint) => {
      for (const table of tables) {
        const wanted = content[table] ?? [];
        const keys = this.#keys.get(table)!;
        const keyOf = (item: JsonObject) => Object.fromEntries(keys.map((name) => [name, item[name]!]));
        const kept = new Set(wanted.map((item) => canonical(keyOf(item))));
        const there = (await allItems(endpoint, table)) as readonly JsonObject[];
        const gone = there.map(keyOf).filter((key) => !kept.has(canonical(key)));
        const requests: readonly Json[] = [
          ...gone.map((Key) => ({ DeleteRequest: { Key } })),
          ...wanted.map((Item) => ({ PutRequest: { Item } })),
        ];
        for (let start = 0; start < requests.length; start += batchItemsMax) {
          const batch = requests.slice(start, start + batchItemsMax);
          succeeded(await endpoint.call("BatchWriteItem", { RequestItems: { [table]: batch } }));
        }
      }
    });
  }

  /** Makes both sides' tables hold what ours holds. */
  async align(table: string): Promise<void> {
    await this.fill([table], { [table]: (await allItems(this.#ours, table)) as readonly JsonObject[] });
  }

  /** The differences between the two sides' answers to one step. */
  async compare(step: Step): Promise<readonly Difference[]> {
    this.requests++;
    if (step.allPages === undefined || step.allPages === false) {
      const [reference, ours] = await this.#both((endpoint) => endpoint.call(step.operation, step.input));
      return differences(step.operation, reference, ours);
    }
    const [reference, ours] = await this.#both((endpoint) => pages(endpoint, step));
    if (!Array.isArray(reference) || !Array.isArray(ours)) {
      return differences(step.operation, lastAnswer(reference), lastAnswer(ours));
    }
    const inOrder = step.operation === "Query" && step.allPages !== "unordered";
    return bodyDifferences(
      "Pages",
      joined(inOrder, reference.map(withPlainNumbers) as JsonObject[]),
      joined(inOrder, ours),
    );
  }

  /** The differences between what the two sides' tables hold. */
  async compareContents(tables: readonly string[]): Promise<readonly Difference[]> {
    const found: Difference[] = [];
    for (const table of tables) {
      found.push(...(await this.compare({ operation: "Scan", input: { TableName: table }, allPages: true })));
    }
    return found;
  }

  /** Passes over the stream records that there are. */
  async skipRecords(tables: readonly string[]): Promise<void> {
    await this.#records(tables);
  }

  /** The differences between the stream records since the last look. */
  async compareRecords(tables: readonly string[]): Promise<readonly Difference[]> {
    const [reference, ours] = await this.#records(tables);
    return bodyDifferences("GetRecords", withPlainNumbers(reference), ours);
  }

  async #records(tables: readonly string[]): Promise<[JsonObject, JsonObject]> {
    const streamed = tables.filter((table) => this.#streams.has(table));
    return this.#both(async (endpoint) => {
      const records: Record<string, Json> = {};
      for (const table of streamed) {
        const position = this.#streams.get(table)![endpoint === this.#reference ? 0 : 1];
        records[table] = comparableRecords(await recordsSince(endpoint, position));
      }
      return records;
    });
  }

  #both<Result>(work: (endpoint: DynamoDbEndpoint) => Promise<Result>): Promise<[Result, Result]> {
    return Promise.all([work(this.#reference), work(this.#ours)]);
  }
}

function succeeded(answer: Answer): void {
  if (answer.error !== undefined) throw new Error(`setting up failed: ${answer.error}: ${answer.message}`);
}

async function untilActive(endpoint: DynamoDbEndpoint, name: string): Promise<void> {
  for (;;) {
    const { body } = await endpoint.call("DescribeTable", { TableName: name });
    const { Table } = body as { Table: { TableStatus: string; GlobalSecondaryIndexes?: { IndexStatus: string }[] } };
    const indexes = Table.GlobalSecondaryIndexes ?? [];
    if (Table.TableStatus === "ACTIVE" && indexes.every(({ IndexStatus }) => IndexStatus === "ACTIVE")) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The pages of a Query or Scan, or the error that ended them. */
async function pages(endpoint: DynamoDbEndpoint, { operation, input }: Step): Promise<JsonObject[] | Answer> {
  const found: JsonObject[] = [];
  let start: Json | undefined;
  while (found.length < pagesMax) {
    const answer = await endpoint.call(operation, {
      ...(input as JsonObject),
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    });
    if (answer.error !== undefined) return answer;
    found.push(answer.body as JsonObject);
    start = (answer.body as JsonObject).LastEvaluatedKey;
    if (start === undefined) return found;
  }
  throw new Error(`${operation} did not end after ${pagesMax} pages`);
}

const lastAnswer = (result: JsonObject[] | Answer): Answer =>
  Array.isArray(result) ? { status: 200, error: undefined, message: "", body: {} } : result;

/** What counts of several pages: how a last page ends, full or followed by an empty one, is each server's own business. */
function joined(inOrder: boolean, found: readonly JsonObject[]): Json {
  const items = found.flatMap(({ Items }) => (Items as readonly Json[]) ?? []);
  const sum = (member: string) => found.reduce((total, page) => total + Number(page[member] ?? 0), 0);
  const shownItems = found.some(({ Items }) => Items !== undefined);
  const totals = { Count: sum("Count"), ScannedCount: sum("ScannedCount"), shownItems };
  if (!inOrder) {
    const unordered = items.map((item) => canonical(withSortedSets(item)));
    return { ...totals, items: unordered.sort().map((text) => JSON.parse(text) as Json) };
  }
  const sizes = found.map(({ Count }) => Number(Count));
  return { ...totals, sizes: sizes.slice(0, sizes.findLastIndex((count) => count > 0) + 1), items };
}

async function allItems(endpoint: DynamoDbEndpoint, TableName: string): Promise<readonly Json[]> {
  const found = await pages(endpoint, { operation: "Scan", input: { TableName } });
  if (!Array.isArray(found)) throw new Error(`scanning ${TableName} failed: ${found.message}`);
  return found.flatMap(({ Items }) => Items as readonly Json[]);
}
