import type { KeySchema } from "@hotkeep/attributes";
import { formatArn } from "@hotkeep/core";
import { decodeCounter } from "../storage/counters.js";
import type { Storage } from "../storage/storage.js";
import type { Counter } from "../storage/write-transaction.js";
import { counterKey } from "./catalog-keys.js";
import type { IndexDefinition, TableDefinition } from "./definition.js";

/** Items or entries and their bytes; what DescribeTable shows. */
function loadCounter(storage: Storage, space: number): Counter {
  const key = counterKey(space);
  return { key, ...decodeCounter(storage.catalog.get(key)) };
}

/** A secondary index that requests work with. */
export class Index {
  readonly definition: IndexDefinition;
  readonly arn: string;
  readonly counter: Counter;

  constructor(definition: IndexDefinition, tableArn: string, storage: Storage) {
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
}

/** A table that requests work with. */
export class Table {
  readonly arn: string;
  readonly counter: Counter;
  readonly indexes: readonly Index[];
  /** Replaced as a whole when tags or TTL change. */
  definition: TableDefinition;
  /** Set inside the transaction that deletes the table, so that later writes of the same commit notice. */
  isDeleted = false;

  constructor(definition: TableDefinition, storage: Storage) {
    this.definition = definition;
    this.arn = tableArn(definition);
    this.counter = loadCounter(storage, definition.space);
    this.indexes = definition.indexes.map((index) => new Index(index, this.arn, storage));
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

  index(name: string): Index | undefined {
    return this.indexes.find((index) => index.name === name);
  }
}

/** `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME` */
export function tableArn(table: { readonly account: string; readonly region: string; readonly name: string }): string {
  const { region, account, name } = table;
  return formatArn({ service: "dynamodb", region, account, resource: `table/${name}` });
}
