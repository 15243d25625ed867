import type { KeySchema, KeyType } from "@hotkeep/attributes";
import type { Clock } from "@hotkeep/core";
import { notDynamoDb } from "./remote-errors.js";

/** Key schemas of a table and its indexes. */
export interface KnownTable {
  readonly key: KeySchema;
  readonly indexes: ReadonlyMap<string, KeySchema>;
  /** Indexes whose partition key is made of several attributes. */
  readonly manyKeyed: ReadonlySet<string>;
}

/** A member `Table` of DescribeTable's answer, as far as it is read here. */
interface Description {
  readonly AttributeDefinitions?: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
  readonly KeySchema?: KeyElements;
  readonly GlobalSecondaryIndexes?: readonly IndexDescription[];
  readonly LocalSecondaryIndexes?: readonly IndexDescription[];
}

type KeyElements = readonly { readonly AttributeName: string; readonly KeyType: string }[];

interface IndexDescription {
  readonly IndexName: string;
  readonly KeySchema: KeyElements;
}

/** Bounds of {@link TableSchemas}. */
export interface SchemaLimits {
  readonly schemaMs: number;
  readonly schemasMax: number;
}

interface Kept {
  readonly table: KnownTable;
  readonly until: number;
}

/** Key schemas by table name, as the endpoint describes them. */
export class TableSchemas {
  readonly #describe: (name: string) => Promise<unknown>;
  readonly #clock: Clock;
  readonly #limits: SchemaLimits;
  readonly #kept = new Map<string, Kept>();
  readonly #asking = new Map<string, Promise<KnownTable | undefined>>();

  /** `describe` answers a table's description, or undefined when there is no such table. */
  constructor(describe: (name: string) => Promise<unknown>, clock: Clock, limits: SchemaLimits) {
    this.#describe = describe;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** What is known of a table now. */
  find(name: string): KnownTable | undefined {
    const kept = this.#kept.get(name);
    return kept === undefined || this.#clock.monotonic() >= kept.until ? undefined : kept.table;
  }

  /** Describes a table, once however many wait for it; undefined: there is none. @throws what describing threw */
  learn(name: string): Promise<KnownTable | undefined> {
    const asked = this.#asking.get(name);
    if (asked !== undefined) return asked;
    const isCurrent = (): boolean => this.#asking.get(name) === asking;
    const asking: Promise<KnownTable | undefined> = this.#ask(name, isCurrent).finally(() => {
      if (this.#asking.get(name) === asking) this.#asking.delete(name);
    });
    this.#asking.set(name, asking);
    return asking;
  }

  /** The table may have changed: what is known, and what is being asked, does not count any more. */
  forget(name: string): void {
    this.#kept.delete(name);
    this.#asking.delete(name);
  }

  async #ask(name: string, isCurrent: () => boolean): Promise<KnownTable | undefined> {
    const description = await this.#describe(name);
    const table = description === undefined ? undefined : knownTable(name, description as Description);
    if (!isCurrent()) return table;
    this.#kept.delete(name);
    if (table === undefined) return undefined;
    this.#kept.set(name, { table, until: this.#clock.monotonic() + this.#limits.schemaMs });
    if (this.#kept.size > this.#limits.schemasMax) {
      for (const oldest of this.#kept.keys()) {
        this.#kept.delete(oldest);
        break;
      }
    }
    return table;
  }
}

function knownTable(name: string, description: Description): KnownTable {
  const types = new Map(description.AttributeDefinitions?.map((one) => [one.AttributeName, one.AttributeType]));
  const key = keySchema(description.KeySchema, types);
  if (key === undefined) throw notDynamoDb(`DescribeTable tells no key schema of \`${name}\``);
  const indexes = new Map<string, KeySchema>();
  const manyKeyed = new Set<string>();
  const described = [...(description.LocalSecondaryIndexes ?? []), ...(description.GlobalSecondaryIndexes ?? [])];
  for (const { IndexName, KeySchema } of described) {
    const schema = keySchema(KeySchema, types);
    if (schema === undefined) manyKeyed.add(IndexName);
    else indexes.set(IndexName, schema);
  }
  return { key, indexes, manyKeyed };
}

/** undefined for a schema without exactly one partition key attribute. */
function keySchema(elements: KeyElements | undefined, types: ReadonlyMap<string, string>): KeySchema | undefined {
  const attributes = (role: string) =>
    (elements ?? [])
      .filter((element) => element.KeyType === role)
      .map(({ AttributeName: name }) => ({ name, type: types.get(name) as KeyType }));
  const [hash, ...others] = attributes("HASH");
  const [range] = attributes("RANGE");
  if (hash === undefined || others.length > 0) return undefined;
  return range === undefined ? { hash } : { hash, range };
}
