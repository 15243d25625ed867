import { HotkeepError } from "@hotkeep/core";
import type { Json, TableClient } from "./table-client.js";

type Described = Readonly<Record<string, unknown>>;

const listOf = (value: unknown): readonly Described[] => (Array.isArray(value) ? (value as Described[]) : []);

function throughput(described: unknown): Json | undefined {
  const { ReadCapacityUnits: read = 0, WriteCapacityUnits: write = 0 } = (described ?? {}) as Record<string, number>;
  return read > 0 && write > 0 ? { ReadCapacityUnits: read, WriteCapacityUnits: write } : undefined;
}

function index({ IndexName, KeySchema, Projection, ProvisionedThroughput }: Described): Json {
  const units = throughput(ProvisionedThroughput);
  return { IndexName, KeySchema, Projection, ...(units === undefined ? {} : { ProvisionedThroughput: units }) };
}

/** The CreateTable request for a table like the one described: keys, indexes, billing, stream. Without tags and TTL. */
export function creationOf(table: Described): Json {
  const units = throughput(table.ProvisionedThroughput);
  const local = listOf(table.LocalSecondaryIndexes).map(index);
  const global = listOf(table.GlobalSecondaryIndexes).map(index);
  const stream = table.StreamSpecification as { readonly StreamEnabled?: boolean } | undefined;
  const tableClass = (table.TableClassSummary as { readonly TableClass?: string } | undefined)?.TableClass;
  return {
    TableName: table.TableName,
    AttributeDefinitions: table.AttributeDefinitions,
    KeySchema: table.KeySchema,
    ...(units === undefined
      ? { BillingMode: "PAY_PER_REQUEST" }
      : { BillingMode: "PROVISIONED", ProvisionedThroughput: units }),
    ...(local.length === 0 ? {} : { LocalSecondaryIndexes: local }),
    ...(global.length === 0 ? {} : { GlobalSecondaryIndexes: global }),
    ...(stream?.StreamEnabled === true ? { StreamSpecification: stream } : {}),
    ...(tableClass === undefined ? {} : { TableClass: tableClass }),
    ...(table.DeletionProtectionEnabled === true ? { DeletionProtectionEnabled: true } : {}),
  };
}

/** What DescribeTable tells. @throws TableError */
export async function describeTable(client: TableClient, table: string): Promise<Described> {
  const { Table } = await client.call("DescribeTable", { TableName: table });
  return Table as Described;
}

/** Names of a described table's key attributes. */
export function keyNames(table: Described): readonly string[] {
  return listOf(table.KeySchema).map(({ AttributeName }) => String(AttributeName));
}

/**
 * Makes a table unless it is there, and waits until it can be used.
 *
 * @throws TableError; HotkeepError `TableNotActive`
 */
export async function ensureTable(
  client: TableClient,
  creation: Json,
  withinMs: number,
  wait: (ms: number) => Promise<void>,
): Promise<void> {
  const name = String(creation.TableName);
  try {
    await client.call("CreateTable", creation);
  } catch (error) {
    if (!(error instanceof Error && "type" in error && error.type === "ResourceInUseException")) throw error;
  }
  const lookMs = 250;
  for (let waitedMs = 0; ; waitedMs += lookMs) {
    const { TableStatus: status } = await describeTable(client, name);
    if (status === "ACTIVE") return;
    if (waitedMs >= withinMs) {
      throw new HotkeepError("TableNotActive", `table ${name} is ${String(status)} after ${withinMs} ms`, {
        help: "import again when it is ACTIVE",
      });
    }
    await wait(lookMs);
  }
}
