import type { Index, Table } from "../catalog/table.js";

/** How much a request says of what it used. */
export type CapacityDetail = "NONE" | "TOTAL" | "INDEXES";

/** Read units of so many bytes, rounded up once (documented: 4 KB a unit, half of it without ConsistentRead, at least one). */
export function readUnits(bytes: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / 4096)) * (consistent ? 1 : 0.5);
}

/** Write units of an item, the larger of before and after (documented: 1 KB a unit, at least one). */
export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1024));
}

/** What a request used of one table; transactions count double and say which kind of units they are. */
export class Capacity {
  readonly #tableName: string;
  readonly #kind: "read" | "write" | undefined;
  #table = 0;
  #indexes: Map<Index, number> | undefined;

  /** `tableName` is spelt as the request spells it. `transaction` doubles all units. */
  constructor(tableName: string, transaction?: "read" | "write") {
    this.#tableName = tableName;
    this.#kind = transaction;
  }

  add(units: number, index?: Index): void {
    const counted = this.#kind === undefined ? units : units * 2;
    if (index === undefined) this.#table += counted;
    else {
      this.#indexes ??= new Map();
      this.#indexes.set(index, (this.#indexes.get(index) ?? 0) + counted);
    }
  }

  /** The `ConsumedCapacity` member, or undefined when the request did not ask. */
  describe(detail: CapacityDetail | undefined): Record<string, unknown> | undefined {
    if (detail === undefined || detail === "NONE") return undefined;
    const indexes = [...(this.#indexes ?? [])];
    const total = indexes.reduce((sum, [, units]) => sum + units, this.#table);
    const described: Record<string, unknown> = { TableName: this.#tableName, ...this.#units(total) };
    if (detail === "TOTAL") return described;
    described.Table = this.#units(this.#table);
    for (const [member, isGlobal] of [
      ["LocalSecondaryIndexes", false],
      ["GlobalSecondaryIndexes", true],
    ] as const) {
      const entries = indexes.filter(([index]) => index.isGlobal === isGlobal);
      if (entries.length === 0) continue;
      described[member] = Object.fromEntries(entries.map(([index, units]) => [index.name, this.#units(units)]));
    }
    return described;
  }

  #units(units: number): Record<string, number> {
    if (this.#kind === undefined) return { CapacityUnits: units };
    return { CapacityUnits: units, [this.#kind === "read" ? "ReadCapacityUnits" : "WriteCapacityUnits"]: units };
  }
}

/** Capacities of a request on several tables, in order of first use. */
export class Capacities {
  readonly #byTable = new Map<Table, Capacity>();
  readonly #transaction: "read" | "write" | undefined;

  constructor(transaction?: "read" | "write") {
    this.#transaction = transaction;
  }

  of(table: Table, given: string): Capacity {
    const capacity = this.#byTable.get(table) ?? new Capacity(given, this.#transaction);
    this.#byTable.set(table, capacity);
    return capacity;
  }

  describe(detail: CapacityDetail | undefined): readonly Record<string, unknown>[] | undefined {
    if (detail === undefined || detail === "NONE") return undefined;
    return [...this.#byTable.values()].map((capacity) => capacity.describe(detail)!);
  }
}
