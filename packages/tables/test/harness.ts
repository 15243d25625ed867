import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsError, ManualClock, type PermissionRequest, SeededRandom, silentLogger } from "@hotkeep/core";
import { AnswerHold, type CallContext, type RawJson, rawJson } from "@hotkeep/protocols";
import { openTables, type Tables, type TablesLimits, type TablesOptions } from "@hotkeep/tables";

export const account = "123456789012";
export const region = "us-west-2";

/** Anything an operation answers, as a client would see its JSON. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
export type Answer = any;

export type Json = Readonly<Record<string, unknown>>;

/** What a test may give the tables besides. */
export type HarnessParts = Pick<TablesOptions, "policyPrincipals">;

/** Opened tables in a directory of their own, with their operations called the way the router calls them. */
export class Harness {
  readonly path: string;
  readonly clock: ManualClock;
  readonly limits: Partial<TablesLimits>;
  readonly #parts: HarnessParts;
  #tables: Tables;

  private constructor(
    path: string,
    clock: ManualClock,
    tables: Tables,
    limits: Partial<TablesLimits>,
    parts: HarnessParts,
  ) {
    this.path = path;
    this.clock = clock;
    this.limits = limits;
    this.#parts = parts;
    this.#tables = tables;
  }

  static async open(limits: Partial<TablesLimits> = {}, parts: HarnessParts = {}): Promise<Harness> {
    const path = await mkdtemp(join(tmpdir(), "hotkeep-tables-"));
    const clock = new ManualClock();
    return new Harness(path, clock, await openAt(path, clock, limits, parts), limits, parts);
  }

  get tables(): Tables {
    return this.#tables;
  }

  context(operation: string, changes: Partial<CallContext> = {}): CallContext {
    return {
      service: "dynamodb",
      operation,
      principal: { kind: "root", account },
      accessKeyId: "AKIAEXAMPLE",
      account,
      region,
      requestId: "request",
      now: this.clock.now(),
      secureTransport: false,
      ...changes,
    };
  }

  /** Needs, then handle; the answer as JSON. */
  async call(name: string, input: Json, changes: Partial<CallContext> = {}): Promise<Answer> {
    const { operation } = this.#named(name);
    const context = this.context(name, changes);
    await operation.needs(input as never, context);
    const hold = new AnswerHold();
    let output: unknown;
    try {
      output = await operation.handle(input as never, context, hold);
    } finally {
      await hold.held;
    }
    return isRaw(output) ? JSON.parse(output.body.toString()) : output;
  }

  /** What the caller must be allowed to do. */
  async needs(name: string, input: Json): Promise<readonly PermissionRequest[]> {
    return this.#named(name).operation.needs(input as never, this.context(name));
  }

  /** The error of a call that must fail. */
  async failure(name: string, input: Json): Promise<AwsError> {
    try {
      await this.call(name, input);
    } catch (error) {
      if (error instanceof AwsError) return error;
      throw error;
    }
    throw new Error(`${name} did not fail`);
  }

  /** The message of a call that must fail with a ValidationException. */
  async refusal(name: string, input: Json): Promise<string> {
    const error = await this.failure(name, input);
    if (error.code !== "ValidationException") throw error;
    return error.message;
  }

  /** Makes a table; attributes as `name:type`. */
  async createTable(name: string, hash: string, range?: string, more: Json = {}): Promise<void> {
    const keys = [hash, ...(range === undefined ? [] : [range])].map((key) => key.split(":") as [string, string]);
    await this.call("CreateTable", {
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: keys.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
      KeySchema: keys.map(([AttributeName], at) => ({ AttributeName, KeyType: at === 0 ? "HASH" : "RANGE" })),
      ...more,
    });
  }

  async put(table: string, ...items: readonly Json[]): Promise<void> {
    await Promise.all(items.map((Item) => this.call("PutItem", { TableName: table, Item })));
  }

  /** All items of a Query or Scan, page by page; also how many pages there were. */
  async pages(name: "Query" | "Scan", input: Json): Promise<{ readonly items: Answer[]; readonly pages: number }> {
    const items: Answer[] = [];
    let start: unknown;
    let pages = 0;
    do {
      const answer = await this.call(name, start === undefined ? input : { ...input, ExclusiveStartKey: start });
      items.push(...(answer.Items ?? []));
      start = answer.LastEvaluatedKey;
      pages++;
    } while (start !== undefined);
    return { items, pages };
  }

  /** Closes the tables and opens them again. */
  async reopen(): Promise<void> {
    await this.#tables.close();
    this.#tables = await openAt(this.path, this.clock, this.limits, this.#parts);
  }

  async close(): Promise<void> {
    await this.#tables.close();
    await rm(this.path, { recursive: true });
  }

  #named(name: string) {
    const { handlers, streams } = this.#tables;
    const found = [...handlers.operations, ...streams.operations].find((operation) => operation.name === name);
    if (found === undefined) throw new Error(`no operation ${name}`);
    return found;
  }
}

function openAt(path: string, clock: ManualClock, limits: Partial<TablesLimits>, parts: HarnessParts): Promise<Tables> {
  return openTables({ path, clock, random: new SeededRandom(7), logger: silentLogger, limits, ...parts });
}

function isRaw(output: unknown): output is RawJson {
  return output instanceof rawJson("").constructor;
}
