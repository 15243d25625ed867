import type { KeySchema } from "@hotkeep/attributes";
import type { KeyFacts } from "../engine.js";
import { invalid } from "../errors.js";
import { defaultTablesLimits, type TablesLimits } from "../limits.js";
import type { TableReference } from "../request/table-reference.js";
import type { KnownTable, TableSchemas } from "./table-schemas.js";

/** Tables by name, as they were described for one call; undefined: there is none of that name. */
export type Described = ReadonlyMap<string, KnownTable | undefined>;

/** What reading a request gave, and the tables that it would have liked to know. */
export interface Reading<Result> {
  readonly result: Result;
  readonly wanted: ReadonlySet<string>;
}

const nothing: ReadonlySet<string> = new Set();

/**
 * Answers `needs`, which asks without waiting, from what is known of the endpoint's tables, and notes what it asked in
 * vain.
 */
export class KeyBook implements KeyFacts {
  readonly limits: TablesLimits = defaultTablesLimits;
  readonly #schemas: TableSchemas;
  #described: Described | undefined;
  #wanted: Set<string> | undefined;

  constructor(schemas: TableSchemas) {
    this.#schemas = schemas;
  }

  /** Runs `read`, which must not wait for anything. `described` goes before what is known otherwise. */
  during<Result>(read: () => Result, described?: Described): Reading<Result> {
    this.#described = described;
    this.#wanted = undefined;
    try {
      const result = read();
      return { result, wanted: this.#wanted ?? nothing };
    } finally {
      this.#described = undefined;
      this.#wanted = undefined;
    }
  }

  schemaOf({ name }: TableReference, indexName?: string): KeySchema | undefined {
    const isDescribed = this.#described?.has(name) === true;
    const table = isDescribed ? this.#described?.get(name) : this.#schemas.find(name);
    if (indexName !== undefined && table?.manyKeyed.has(indexName) === true) {
      // `dynamodb:LeadingKeys` has no meaning for it, so policies that bind callers to their keys would not hold.
      throw invalid(
        `Index ${indexName} has several partition key attributes: it cannot be queried through this endpoint`,
      );
    }
    const schema = indexName === undefined ? table?.key : table?.indexes.get(indexName);
    // An index may be younger than what is known of its table.
    if (schema === undefined && !isDescribed) {
      this.#wanted ??= new Set();
      this.#wanted.add(name);
    }
    return schema;
  }
}
