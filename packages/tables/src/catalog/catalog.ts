import { AwsError, type Clock, HotkeepError, type Random, uuid } from "@hotkeep/core";
import { invalid, namedTableNotFound } from "../errors.js";
import type { TablesLimits } from "../limits.js";
import { PolicyBook } from "../resource-policies/policy-book.js";
import type { Storage } from "../storage/storage.js";
import type { WriteTransaction } from "../storage/write-transaction.js";
import type { TableStream } from "../streams/stream-definition.js";
import { Streams } from "../streams/streams.js";
import { definitionKey, definitionRange, formatKey, nextSpaceKey, reapKey } from "./catalog-keys.js";
import type { IndexDefinition, NewStream, NewTable, TableDefinition } from "./definition.js";
import { Table } from "./table.js";

/** The form of the stored rows; a change of it needs a migration. */
const storedFormat = 1;

/** Where tables live: names are unique within it. */
export interface TableScope {
  readonly account: string;
  readonly region: string;
}

/** All tables: on disk, and in memory for look-ups. */
export class Catalog {
  /** The resource policies in force. */
  readonly policies = new PolicyBook();
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #limits: TablesLimits;
  readonly #scopes = new Map<string, Map<string, Table>>();
  #latest: (TableScope & { readonly tables: ReadonlyMap<string, Table> }) | undefined;
  readonly streams: Streams;

  private constructor(storage: Storage, options: CatalogOptions) {
    this.#storage = storage;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#limits = options.limits;
    this.streams = Streams.load(storage, { ...options, policies: this.policies });
  }

  /** @throws HotkeepError `TablesUnusable` for data in a form of another version. */
  static async load(storage: Storage, options: CatalogOptions): Promise<Catalog> {
    const format = storage.catalog.get(formatKey);
    if (format === undefined) {
      await storage.transact((transaction) => transaction.put(storage.catalog, formatKey, Buffer.from([storedFormat])));
    } else if (format[0] !== storedFormat) {
      throw new HotkeepError("TablesUnusable", `The tables are stored in format \`${format[0]}\`.`, {
        help: `This version reads format ${storedFormat}. Open them with the version that wrote them.`,
      });
    }
    const catalog = new Catalog(storage, options);
    for (const { value } of storage.catalog.range(definitionRange)) {
      catalog.#install(new Table(JSON.parse(value.toString("utf8")) as TableDefinition, storage, catalog.policies));
    }
    return catalog;
  }

  find(scope: TableScope, name: string): Table | undefined {
    return this.#tablesOf(scope)?.get(name);
  }

  /** Calls of one account and Region follow each other. */
  #tablesOf({ account, region }: TableScope): ReadonlyMap<string, Table> | undefined {
    const latest = this.#latest;
    if (latest?.account === account && latest.region === region) return latest.tables;
    const tables = this.#scopes.get(scopeKey({ account, region }));
    if (tables !== undefined) this.#latest = { account, region, tables };
    return tables;
  }

  /** Every table of every account and Region. */
  all(): readonly Table[] {
    return [...this.#scopes.values()].flatMap((scoped) => [...scoped.values()]);
  }

  /** Names in UTF-8 byte order, which for table names is that of their characters. */
  names(scope: TableScope): readonly string[] {
    return [...(this.#scopes.get(scopeKey(scope))?.keys() ?? [])].sort();
  }

  /**
   * @throws AwsError `ResourceInUseException` when the name is taken, `LimitExceededException` when there are too many.
   */
  async create(requested: NewTable): Promise<Table> {
    const key = definitionKey(requested.account, requested.region, requested.name);
    const definition = await this.#storage.transact((transaction) => {
      if (this.#storage.catalog.has(key)) {
        throw new AwsError("ResourceInUseException", `Table already exists: ${requested.name}`);
      }
      const { account, region } = requested;
      const count = this.#storage.catalog.count({
        from: definitionKey(account, region, ""),
        to: definitionKey(account, `${region}0`, "").subarray(0, -1),
      });
      if (count >= this.#limits.tablesPerRegionMax) {
        const message = `Subscriber limit exceeded: There is a limit of ${this.#limits.tablesPerRegionMax} tables per subscriber`;
        throw new AwsError("LimitExceededException", message);
      }
      const { stream, ...rest } = requested;
      let space = this.takeSpaces(transaction, 1 + requested.indexes.length + (stream === undefined ? 0 : 1));
      const made: TableDefinition = {
        ...rest,
        id: uuid(this.#random),
        createdAt: this.#clock.now(),
        space: space++,
        indexes: requested.indexes.map((index) => ({ ...index, space: space++ })),
        ...(stream && { stream: this.streams.open(transaction, requested, stream.view, space++) }),
      };
      transaction.put(this.#storage.catalog, key, encode(made));
      return made;
    });
    return this.#install(new Table(definition, this.#storage, this.policies));
  }

  /** Removes a table; its rows are left to the reaper. @throws AwsError `ResourceNotFoundException`, `ValidationException`. */
  async delete(scope: TableScope, name: string): Promise<Table> {
    const table = await this.#storage.transact((transaction) => {
      const found = this.find(scope, name);
      if (found === undefined || found.isDeleted) throw namedTableNotFound(name);
      if (found.definition.deletionProtection) {
        throw invalid(
          "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
        );
      }
      transaction.remove(this.#storage.catalog, definitionKey(scope.account, scope.region, name));
      for (const { space } of [found, ...found.indexes]) {
        transaction.put(this.#storage.catalog, reapKey(space), Buffer.from([1]));
      }
      if (found.stream !== undefined) this.streams.close(transaction, found.stream);
      found.isDeleted = true;
      transaction.onRollback(() => (found.isDeleted = false));
      return found;
    });
    const scoped = this.#scopes.get(scopeKey(scope));
    if (scoped?.get(name) === table) {
      scoped.delete(name);
      this.policies.set(table.arn, undefined);
    }
    return table;
  }

  /**
   * Changes a definition. New indexes come without a number; the rows of indexes that went are left to the reaper.
   *
   * @throws AwsError what `change` throws, `ResourceNotFoundException`.
   */
  async update(table: Table, change: (definition: TableDefinition) => ChangedTable): Promise<void> {
    const { account, region, name } = table.definition;
    await this.#storage.transact((transaction) => {
      if (table.isDeleted) throw namedTableNotFound(name);
      const before = table.definition;
      const changed = change(before);
      const { stream, ...rest } = changed;
      const newStream = stream === undefined || "space" in stream ? undefined : stream;
      const newIndexes = changed.indexes.filter((index) => index.space === undefined).length;
      const fresh = newIndexes + (newStream === undefined ? 0 : 1);
      let space = fresh === 0 ? 0 : this.takeSpaces(transaction, fresh);
      const indexes = changed.indexes.map((index) => ({ ...index, space: index.space ?? space++ }));
      const latest =
        newStream === undefined
          ? (stream as TableStream | undefined)
          : this.streams.open(transaction, before, newStream.view, space++);
      const after: TableDefinition = { ...rest, indexes, ...(latest && { stream: latest }) };
      if (table.stream !== undefined && latest?.isEnabled !== true) this.streams.close(transaction, table.stream);
      for (const gone of before.indexes) {
        if (indexes.some((index) => index.space === gone.space)) continue;
        transaction.put(this.#storage.catalog, reapKey(gone.space), Buffer.from([1]));
      }
      transaction.put(this.#storage.catalog, definitionKey(account, region, name), encode(after));
      this.#redefine(table, after);
      transaction.onRollback(() => this.#redefine(table, before));
    });
  }

  /** Takes numbers for row keys, which nothing else ever gets; the first of so many in a row. Once a transaction. */
  takeSpaces(transaction: WriteTransaction, count: number): number {
    const next = this.#storage.catalog.get(nextSpaceKey)?.readUInt32BE(0) ?? 1;
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeUInt32BE(next + count, 0);
    transaction.put(this.#storage.catalog, nextSpaceKey, bytes);
    return next;
  }

  #redefine(table: Table, definition: TableDefinition): void {
    table.redefine(definition);
    table.stream = this.streams.of(definition);
  }

  #install(table: Table): Table {
    table.stream = this.streams.of(table.definition);
    const key = scopeKey(table.definition);
    const scoped = this.#scopes.get(key) ?? new Map<string, Table>();
    this.#scopes.set(key, scoped.set(table.name, table));
    return table;
  }
}

/** A definition in which new indexes and a new stream have no number yet. */
export type ChangedTable = Omit<TableDefinition, "indexes" | "stream"> & {
  readonly indexes: readonly (Omit<IndexDefinition, "space"> & { readonly space?: number })[];
  readonly stream?: TableStream | NewStream;
};

/** What {@link Catalog.load} needs from outside. */
export interface CatalogOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: TablesLimits;
}

function scopeKey(scope: TableScope): string {
  return `${scope.account}/${scope.region}`;
}

function encode(definition: TableDefinition): Buffer {
  return Buffer.from(JSON.stringify(definition), "utf8");
}
