import {
  type Condition,
  compareValues,
  evaluateCondition,
  type Item,
  itemSizeBytes,
  type KeyedRead,
  planReads,
  type SelectStatement,
  segmentRange,
  selectFromItem,
} from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import type { Index, Table } from "../catalog/table.js";
import type { Engine } from "../engine.js";
import { invalid, invalidParameters } from "../errors.js";
import { projectedNames } from "../items/index-projection.js";
import { checkKeyPaths } from "../items/key-paths.js";
import { checkStartPlace } from "../items/read-page.js";
import { Source } from "../items/source.js";
import type { StoredItem } from "../items/stored-item.js";
import { AttributeNames } from "../request/attribute-names.js";
import { Capacity, readUnits } from "../request/capacity.js";
import { orderedReads, type SelectRead } from "./select-statement-order.js";
import type { BoundStatement } from "./statement.js";
import { invalidToken, type SelectPlace } from "./statement-token.js";

/** How a request wants a SELECT carried out. */
export interface SelectOptions {
  readonly consistent: boolean;
  /** Items to look at, before the filter. */
  readonly itemsMax: number | undefined;
  readonly from: SelectPlace | undefined;
}

/** A page of a SELECT's answer. */
export interface SelectPage {
  /** JSON texts of the items. */
  readonly items: readonly (Buffer | string)[];
  /** Undefined when there is nothing left to read. */
  readonly next: SelectPlace | undefined;
  readonly capacity: Capacity;
}

/**
 * Carries out a SELECT: reads of partitions when the clause says which, otherwise of the whole table or index.
 * @throws AwsError
 */
export function runSelect(engine: Engine, bound: BoundStatement<SelectStatement>, options: SelectOptions): SelectPage {
  const { statement, table: reference } = bound;
  const source = openSource(engine, engine.itemTable(reference), statement, options.consistent);
  const names = new AttributeNames().projection(statement.fields?.map(({ path }) => path));
  checkProjected(source, names.list());
  checkKeyPaths(source.table, names.condition(statement.where).nested());
  const keyed = planReads(statement.where, source.key);
  const { reads, reverse } = orderedReads(
    keyed ?? [{ range: segmentRange(0, 1), filter: statement.where }],
    statement,
    source.key,
    keyed !== undefined,
  );
  if (keyed !== undefined) checkFiltersProjected(source, keyed);
  const from = options.from === undefined ? undefined : checkedPlace(source, reads, options.from);
  return new PageReader(engine, source, statement, options, new Capacity(reference.given)).read(reads, reverse, from);
}

function openSource(engine: Engine, table: Table, { index: name }: SelectStatement, consistent: boolean): Source {
  if (name === undefined) return new Source(engine.storage, table);
  const index = table.index(name);
  if (index === undefined) throw invalid("The table does not have the specified index");
  if (index.isBuilding) throw invalid(`Cannot read from backfilling global secondary index: ${name}`);
  if (index.isGlobal && consistent) {
    throw invalid("Strongly consistent read is not supported on Global Secondary Indexes");
  }
  return new Source(engine.storage, table, index);
}

/** A global index has only what is projected into it; a local one fetches the rest from the table. */
function checkProjected({ table, index }: Source, wanted: readonly string[]): void {
  const missing = index?.isGlobal === true ? notProjected(table, index, wanted) : [];
  if (missing.length === 0) return;
  throw invalidParameters(`Global secondary index ${index!.name} does not project [${missing.join(", ")}]`);
}

/**
 * Reads by key may only filter on what the index shows. The service lets a statement pass when one of its reads does
 * (observed); the others then filter what the index shows.
 */
function checkFiltersProjected({ table, index }: Source, reads: readonly KeyedRead[]): void {
  if (index === undefined) return;
  const byHash = reads.toSorted((a, b) => compareValues(b.hash, a.hash) ?? 0);
  const missing = byHash.map(({ filter }) => notProjected(table, index, new AttributeNames().condition(filter).list()));
  const [first] = missing;
  if (first === undefined || missing.some((names) => names.length === 0)) return;
  const what = `does not project one or more filter attributes: [${first.toSorted().join(", ")}]`;
  throw invalidParameters(`Secondary index ${index.name} ${what}`);
}

function notProjected(table: Table, index: Index, wanted: readonly string[]): readonly string[] {
  const names = projectedNames(table, index);
  return names === undefined ? [] : wanted.filter((name) => !names.has(name));
}

/** @throws AwsError `ValidationException` for a place that the statement does not read. */
function checkedPlace(source: Source, reads: readonly SelectRead[], from: SelectPlace): SelectPlace {
  const read = reads[from.read];
  if (read === undefined) throw invalidToken();
  try {
    checkStartPlace(source, from.place);
  } catch (error) {
    if (error instanceof AwsError) throw invalidToken();
    throw error;
  }
  if (!source.contains(read.range, from.place)) throw invalidToken();
  return from;
}

class PageReader {
  readonly #engine: Engine;
  readonly #source: Source;
  readonly #statement: SelectStatement;
  readonly #options: SelectOptions;
  readonly #capacity: Capacity;
  readonly #items: (Buffer | string)[] = [];
  /** Whether a local index lacks what is wanted, so that each item is fetched from the table. */
  readonly #fetches: boolean;
  #looked = 0;
  #bytes = 0;

  constructor(engine: Engine, source: Source, statement: SelectStatement, options: SelectOptions, capacity: Capacity) {
    this.#engine = engine;
    this.#source = source;
    this.#statement = statement;
    this.#options = options;
    this.#capacity = capacity;
    const wanted = new AttributeNames().projection(statement.fields?.map(({ path }) => path)).list();
    this.#fetches = source.index !== undefined && notProjected(source.table, source.index, wanted).length > 0;
  }

  read(reads: readonly SelectRead[], reverse: boolean, from: SelectPlace | undefined): SelectPage {
    const first = from?.read ?? 0;
    for (let read = first; read < reads.length; read++) {
      const place = this.#readOne(reads[read]!, reverse, read === first ? from?.place : undefined);
      if (place !== undefined) return this.#page({ read, place });
    }
    return this.#page(undefined);
  }

  #page(next: SelectPlace | undefined): SelectPage {
    return { items: this.#items, next, capacity: this.#capacity };
  }

  /** Where the page became full; undefined when the read came to its end. */
  #readOne({ range, filter }: SelectRead, reverse: boolean, after: Item | undefined): Item | undefined {
    const { itemsMax } = this.#options;
    const bounds = this.#source.bounds(range, reverse, after);
    const before = this.#bytes;
    let full: Item | undefined;
    if (Buffer.compare(bounds.from, bounds.to) < 0) {
      for (const row of this.#source.rows(bounds, reverse)) {
        const stored = this.#source.itemOf(row);
        this.#look(stored, filter);
        if (this.#looked === itemsMax || this.#bytes >= this.#engine.limits.pageBytesMax) {
          full = this.#source.placeOf(stored.item);
          break;
        }
      }
    }
    this.#capacity.add(readUnits(this.#bytes - before, this.#options.consistent), this.#source.index);
    return full;
  }

  #look(stored: StoredItem, filter: Condition | undefined): void {
    const source = this.#source;
    this.#looked++;
    this.#bytes += source.showsAll ? stored.sizeBytes : itemSizeBytes(source.shown(stored.item));
    // Paid for each item looked at, not for each one kept (observed).
    if (this.#fetches) this.#capacity.add(readUnits(stored.sizeBytes, this.#options.consistent));
    if (filter !== undefined && !evaluateCondition(filter, source.shown(stored.item))) return;
    const { fields } = this.#statement;
    if (fields !== undefined) this.#items.push(JSON.stringify(selectFromItem(stored.item, fields)));
    else this.#items.push(source.showsAll ? Buffer.from(stored.json) : JSON.stringify(source.shown(stored.item)));
  }
}
