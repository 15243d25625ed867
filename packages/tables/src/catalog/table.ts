import type { KeySchema } from "@hotkeep/attributes";
import { formatArn } from "@hotkeep/core";
import { CollectionSizes } from "../items/collection-sizes.js";
import type { PolicyBook } from "../resource-policies/policy-book.js";
import { decodeCounter } from "../storage/counters.js";
import type { StoredRows } from "../storage/stored-rows.js";
import type { Counter } from "../storage/write-transaction.js";
import type { Stream } from "../streams/stream.js";
import { counterKey } from "./catalog-keys.js";
import type { IndexDefinition, TableDefinition } from "./definition.js";

/** Items or entries and their bytes; what DescribeTable shows. */
function loadCounter(storage: Pick<StoredRows, "catalog">, space: number): Counter {
  const key = counterKey(space);
  return { key, ...decodeCounter(storage.catalog.get(key)) };
}

/** A secondary index that requests work with. */
export class Index {
  /** Replaced as a whole when it is built or its throughput changes. */
  definition: IndexDefinition;
  readonly arn: string;
  readonly counter: Counter;

  constructor(definition: IndexDefinition, tableArn: string, storage: Pick<StoredRows, "catalog">) {
    this.definition = definition;
    this.arn = `${tableArn}/index/${definition.name}`;
    this.counter = loadCounter(storage, definition.space);
  }

  get name(): string {
    return this.definition.name;
  }

  get space(): number {
    return this.definition.space;
  }

  get key(): KeySchema {
    return this.definition.key;
  }

  get isGlobal(): boolean {
    return this.definition.kind === "global";
  }

  /** Whether some items are not in it yet. */
  get isBuilding(): boolean {
    return this.definition.building === true;
  }
}

/** A table that requests work with. */
export class Table {
  readonly arn: string;
  readonly counter: Counter;
  readonly collections = new CollectionSizes();
  /** Set inside the transaction that deletes the table, so that later writes of the same commit notice. */
  isDeleted = false;
  /** Where changes of the items are recorded; the catalog sets it with the definition. */
  stream: Stream | undefined;
  readonly #storage: Pick<StoredRows, "catalog">;
  readonly #policies: PolicyBook;
  #definition: TableDefinition;
  #indexes: readonly Index[] = [];

  /** `policies` is told of the table's resource policy, now and whenever it changes. */
  constructor(definition: TableDefinition, storage: Pick<StoredRows, "catalog">, policies: PolicyBook) {
    this.#storage = storage;
    this.#policies = policies;
    this.#definition = definition;
    this.arn = tableArn(definition);
    this.counter = loadCounter(storage, definition.space);
    this.redefine(definition);
  }

  get definition(): TableDefinition {
    return this.#definition;
  }

  get indexes(): readonly Index[] {
    return this.#indexes;
  }

  /** Takes a changed definition over; indexes that stay keep their counters. */
  redefine(definition: TableDefinition): void {
    this.#definition = definition;
    this.#indexes = definition.indexes.map((index) => {
      const known = this.#indexes.find(({ space }) => space === index.space);
      if (known === undefined) return new Index(index, this.arn, this.#storage);
      known.definition = index;
      return known;
    });
    this.#policies.set(this.arn, definition.policy);
  }

  get name(): string {
    return this.definition.name;
  }

  get space(): number {
    return this.definition.space;
  }

  get key(): KeySchema {
    return this.definition.key;
  }

  /** Whether items of its backup are not in it yet. */
  get isRestoring(): boolean {
    return this.#definition.restore?.inProgress === true;
  }

  index(name: string): Index | undefined {
    return this.indexes.find((index) => index.name === name);
  }
}

/** `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME` */
export function tableArn(table: { readonly account: string; readonly region: string; readonly name: string }): string {
  const { region, account, name } = table;
  return formatArn({ service: "dynamodb", region, account, resource: `table/${name}` });
}
