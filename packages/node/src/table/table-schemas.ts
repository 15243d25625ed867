import type { KeyAttribute, KeySchema, KeyType } from "@hotkeep/attributes";
import { AwsError, type Clock, parseArn, type Timer } from "@hotkeep/core";
import { Collapse } from "../cache/collapse.js";
import type { NodeLimits } from "../limits.js";
import type { TableDescription, TableEndpoint } from "./table-calls.js";
import { TableUnreachable } from "./table-calls.js";

/** What the node must know of a table before it can read a request for it. */
export interface KnownTable {
  readonly name: string;
  readonly schema: KeySchema;
  /** Indexes that carry every attribute. */
  readonly fullIndexes: ReadonlySet<string>;
  /** Tells a table from another one of the same name made later. */
  readonly incarnation: string;
}

/** Where a cluster's tables are. */
export interface TableHome {
  readonly region: string;
  readonly account: string;
}

interface Kept {
  readonly table: KnownTable;
  readonly until: number;
}

/** Key schemas by table name, from DescribeTable as the service role; each counts for a bounded time. */
export class TableSchemas {
  readonly #endpoint: TableEndpoint;
  readonly #clock: Clock;
  readonly #limits: NodeLimits;
  readonly #home: TableHome;
  readonly #replaced: () => void;
  readonly #kept = new Map<string, Kept>();
  readonly #asking = new Collapse<KnownTable>();

  /** `replaced` is called when a table turns out to be another one than before: what was cached of it is void. */
  constructor(endpoint: TableEndpoint, clock: Clock, limits: NodeLimits, home: TableHome, replaced: () => void) {
    this.#endpoint = endpoint;
    this.#home = home;
    this.#clock = clock;
    this.#limits = limits;
    this.#replaced = replaced;
  }

  /**
   * The table, described anew when what is known is too old.
   *
   * @param nameOrArn as the client wrote it; an ARN and a name of one table give the same {@link KnownTable}
   * @throws AwsError what DescribeTable said, e.g. ResourceNotFoundException or AccessDeniedException
   * @throws TableUnreachable
   */
  async get(nameOrArn: string): Promise<KnownTable> {
    const name = plainName(nameOrArn, this.#home);
    const kept = this.#kept.get(name);
    if (kept !== undefined && this.#clock.monotonic() < kept.until) return kept.table;
    try {
      const described = this.#asking.run(name, (current) => this.#describe(name, current));
      return kept === undefined ? await described : await this.#orKept(described, kept.table);
    } catch (error) {
      const passing = error instanceof TableUnreachable || (error instanceof AwsError && error.fault === "server");
      // A table does not lose its schema because its endpoint is away.
      if (passing && kept !== undefined) return kept.table;
      if (!passing) this.#kept.delete(name);
      throw error;
    }
  }

  /** How long a description may take before the one that is too old counts a little longer; absent: until it fails. */
  patienceMs: number | undefined;

  async #orKept(described: Promise<KnownTable>, kept: KnownTable): Promise<KnownTable> {
    if (this.patienceMs === undefined) return described;
    let timer: Timer | undefined;
    const patience = new Promise<KnownTable>((resolve) => {
      timer = this.#clock.after(this.patienceMs!, () => resolve(kept));
    });
    try {
      return await Promise.race([described, patience]);
    } finally {
      timer?.cancel();
    }
  }

  /** Tables that have been described. */
  names(): Iterable<string> {
    return this.#kept.keys();
  }

  /** The table as it was described last, however long ago; undefined when it was not. */
  known(name: string): KnownTable | undefined {
    return this.#kept.get(name)?.table;
  }

  /** The table (one that {@link get} has taken) seems to have changed: describe it before the next use. */
  doubt(nameOrArn: string): void {
    const name = plainName(nameOrArn, this.#home);
    const kept = this.#kept.get(name);
    if (kept !== undefined) this.#kept.set(name, { table: kept.table, until: 0 });
  }

  async #describe(name: string, current: () => boolean): Promise<KnownTable> {
    const { Table } = await this.#endpoint.call("DescribeTable", { TableName: name });
    const table = knownTable(name, Table);
    if (!current()) return table;
    const before = this.#kept.get(name)?.table;
    if (before !== undefined && before.incarnation !== table.incarnation) this.#replaced();
    this.#kept.delete(name);
    this.#kept.set(name, { table, until: this.#clock.monotonic() + this.#limits.tableSchemaMs });
    if (this.#kept.size > this.#limits.tablesMax) {
      for (const oldest of this.#kept.keys()) {
        this.#kept.delete(oldest);
        break;
      }
    }
    return table;
  }
}

/** A cluster serves tables of its own Region and account only (documented): so a name says which table is meant. */
function plainName(nameOrArn: string, home: TableHome): string {
  if (!nameOrArn.startsWith("arn:")) return nameOrArn;
  const arn = parseArn(nameOrArn);
  const name = arn === undefined ? undefined : /^table\/([^/]+)$/.exec(arn.resource)?.[1];
  if (arn?.service === "dynamodb" && arn.region === home.region && arn.account === home.account && name !== undefined) {
    return name;
  }
  throw new AwsError(
    "ValidationException",
    `This cluster serves tables of account ${home.account} in Region ${home.region}; \`${nameOrArn}\` is none of them`,
  );
}

/** @throws TableUnreachable when the description makes no sense */
function knownTable(name: string, table: TableDescription): KnownTable {
  const types = new Map(table.AttributeDefinitions.map((one) => [one.AttributeName, one.AttributeType as KeyType]));
  const attribute = (role: string): KeyAttribute | undefined => {
    const found = table.KeySchema.find((element) => element.KeyType === role)?.AttributeName;
    const type = found === undefined ? undefined : types.get(found);
    return found === undefined || type === undefined ? undefined : { name: found, type };
  };
  const hash = attribute("HASH");
  const range = attribute("RANGE");
  if (hash === undefined) throw new TableUnreachable(`DescribeTable told no key schema of \`${name}\``, false);
  const schema: KeySchema = range === undefined ? { hash } : { hash, range };
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
  return {
    name,
    schema,
    fullIndexes: new Set(
      indexes.filter((index) => index.Projection?.ProjectionType === "ALL").map((index) => index.IndexName),
    ),
    incarnation: JSON.stringify([schema, table.TableId ?? null, table.CreationDateTime ?? null]),
  };
}
