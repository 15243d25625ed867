import type { TableCacheRule } from "@hotkeep/control-feed";

/** What holds for a table's entries: a time to live in milliseconds, where 0 means what the parameter group means by it. */
export interface TableTimes {
  readonly recordTtlMs: number;
  readonly queryTtlMs: number;
  /** Nothing of the table is kept. */
  readonly neverCache: boolean;
}

/** The parameter group's times to live, and what some tables have instead. */
export class CacheRules {
  readonly #recordTtlMs: number;
  readonly #queryTtlMs: number;
  readonly #byTable: ReadonlyMap<string, TableTimes>;

  constructor(recordTtlMs: number, queryTtlMs: number, tables: readonly TableCacheRule[] = []) {
    this.#recordTtlMs = recordTtlMs;
    this.#queryTtlMs = queryTtlMs;
    this.#byTable = new Map(
      tables.map((rule) => [
        rule.table,
        {
          recordTtlMs: rule.recordTtlMs ?? recordTtlMs,
          queryTtlMs: rule.queryTtlMs ?? queryTtlMs,
          neverCache: rule.neverCache === true,
        },
      ]),
    );
  }

  /** Whether some table has a rule of its own. */
  get differ(): boolean {
    return this.#byTable.size > 0;
  }

  /** Whether answers to queries and scans are kept for any table. */
  get keepsPages(): boolean {
    return this.#queryTtlMs > 0 || [...this.#byTable.values()].some((times) => times.queryTtlMs > 0);
  }

  /** Life of an item stored now, in milliseconds: Infinity for no end; undefined: it is not stored. */
  itemLifeMs(table: string): number | undefined {
    const times = this.#byTable.get(table);
    if (times?.neverCache === true) return undefined;
    const ttlMs = times?.recordTtlMs ?? this.#recordTtlMs;
    return ttlMs === 0 ? Number.POSITIVE_INFINITY : ttlMs;
  }

  /** Life of an answer to a query or scan stored now, in milliseconds; undefined: it is not stored. */
  pageLifeMs(table: string): number | undefined {
    const times = this.#byTable.get(table);
    if (times?.neverCache === true) return undefined;
    const ttlMs = times?.queryTtlMs ?? this.#queryTtlMs;
    return ttlMs === 0 ? undefined : ttlMs;
  }
}
