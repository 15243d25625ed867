import { type PermissionRequest, parseArn } from "@hotkeep/core";
import { type CallContext, type NamedOperation, type RawJson, rawJson } from "@hotkeep/protocols";
import { invalid, tableNotFound } from "../errors.js";
import { batchStatementNeeds } from "./batch-statement-needs.js";
import { embeddedNeeds, type Needs } from "./embedded-needs.js";
import { KeyBook } from "./key-book.js";
import { ownNeeds } from "./own-needs.js";
import type { RemoteEndpoint } from "./remote-endpoint.js";
import type { RemoteHome } from "./remote-home.js";
import { arnsIn, withOurArns, withTheirArns } from "./table-arns.js";
import { TableNames } from "./table-names.js";
import type { KnownTable, TableSchemas } from "./table-schemas.js";

/**
 * Throws the denial of a call that is denied whatever the values of `unknownKeys`, and returns otherwise; see
 * {@link RemoteTablesOptions.refuseEarly}.
 */
export type RefuseEarly = (
  call: CallContext,
  requests: readonly PermissionRequest[],
  unknownKeys: readonly string[],
) => void;

/** What forwarding works with. */
export interface Forwarding {
  readonly endpoint: RemoteEndpoint;
  readonly schemas: TableSchemas;
  readonly home: RemoteHome;
  readonly refuseEarly: RefuseEarly | undefined;
}

type Input = Readonly<Record<string, unknown>>;

/** Operations on items: the answer's bytes go through unread. */
const itemReads = ["BatchGetItem", "GetItem", "Query", "Scan", "TransactGetItems"];
const itemWrites = ["BatchWriteItem", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"];

/** PartiQL: what a statement does is in its text, so that none is taken for a read. */
const statements = ["BatchExecuteStatement", "ExecuteStatement", "ExecuteTransaction"];

/** Condition keys whose values hang on a table's key schema. */
const schemaKeys = ["dynamodb:LeadingKeys", "dynamodb:FullTableScan"];

/** Operations on tables and what belongs to them: their answers have ARNs. */
const tableReads = [
  "DescribeBackup",
  "DescribeContinuousBackups",
  "DescribeKinesisStreamingDestination",
  "DescribeLimits",
  "DescribeTable",
  "DescribeTimeToLive",
  "ListBackups",
  "ListExports",
  "ListGlobalTables",
  "ListImports",
  "ListTables",
  "ListTagsOfResource",
];
const tableWrites = [
  "CreateBackup",
  "CreateTable",
  "DeleteBackup",
  "DeleteTable",
  "DisableKinesisStreamingDestination",
  "EnableKinesisStreamingDestination",
  "ExportTableToPointInTime",
  "RestoreTableFromBackup",
  "RestoreTableToPointInTime",
  "TagResource",
  "UntagResource",
  "UpdateContinuousBackups",
  "UpdateKinesisStreamingDestination",
  "UpdateTable",
  "UpdateTimeToLive",
];

/** All operations that go to the endpoint, each with what the caller must be allowed here. */
export function forwardedOperations(forwarding: Forwarding): readonly NamedOperation[] {
  const book = new KeyBook(forwarding.schemas);
  const embedded = embeddedNeeds(book);
  const needsOf = (name: string): Needs => {
    const needs =
      name === "BatchExecuteStatement" ? batchStatementNeeds(book) : (ownNeeds.get(name) ?? embedded.get(name));
    if (needs === undefined) throw new Error(`nothing says what ${name} needs`);
    return needs;
  };
  const onItems = (isRead: boolean) => (name: string) => itemOperation(name, isRead, needsOf(name), book, forwarding);
  const onTables = (isRead: boolean) => (name: string) => tableOperation(name, isRead, needsOf(name), forwarding);
  return [
    ...itemReads.map(onItems(true)),
    ...itemWrites.map(onItems(false)),
    ...statements.map(onItems(false)),
    ...tableReads.map(onTables(true)),
    ...tableWrites.map(onTables(false)),
  ];
}

function itemOperation(
  name: string,
  isRead: boolean,
  needs: Needs,
  book: KeyBook,
  { endpoint, schemas, home, refuseEarly }: Forwarding,
): NamedOperation {
  /** Inputs of calls that name a table which is not there. */
  const lost = new WeakSet<object>();
  const learned = async (wanted: ReadonlySet<string>) =>
    new Map<string, KnownTable | undefined>(
      await Promise.all([...wanted].map(async (table) => [table, await schemas.learn(table)] as const)),
    );
  return forwarded(name, {
    needs(input, call) {
      home.checkCall(call);
      const { result, wanted } = book.during(() => needs(input, call));
      home.checked(result);
      // Whatever asks for no permission would go through for anybody.
      if (result.length === 0) throw invalid("The request is about no table");
      if (wanted.size === 0) return result;
      // Who may not call anyway does not make this gateway ask the endpoint about tables.
      refuseEarly?.(call, result, schemaKeys);
      return learned(wanted).then((described) => {
        if ([...described.values()].includes(undefined)) lost.add(input);
        return book.during(() => needs(input, call), described).result;
      });
    },
    async handle(input) {
      // Not forwarded: by now the table might be there, with partition keys that nobody has decided about.
      if (lost.has(input)) throw tableNotFound();
      const names = new TableNames();
      const body = Buffer.from(JSON.stringify(names.plain(input)), "utf8");
      return rawJson(names.spelt(name, await endpoint.call(name, body, isRead)));
    },
  });
}

function tableOperation(
  name: string,
  isRead: boolean,
  needs: Needs,
  { endpoint, schemas, home }: Forwarding,
): NamedOperation {
  return forwarded(name, {
    needs(input, call) {
      home.checkCall(call);
      return home.checked(needs(input, call));
    },
    async handle(input) {
      await askHome(arnsIn(input), schemas, home);
      const given = withTheirArns(new TableNames().plain(input), home);
      try {
        const answer = await endpoint.call(name, encoded(given), isRead);
        return rawJson(JSON.stringify(withOurArns(JSON.parse(answer.toString("utf8")), home)));
      } finally {
        if (!isRead) for (const table of [given.TableName, given.TargetTableName]) schemas.forget(String(table));
      }
    },
  });
}

/** The operation as the router takes it; inputs are looked at by member name. */
function forwarded(
  name: string,
  operation: {
    needs(input: Input, call: CallContext): readonly PermissionRequest[] | Promise<readonly PermissionRequest[]>;
    handle(input: Input): Promise<RawJson>;
  },
): NamedOperation {
  return { name, operation: operation as NamedOperation["operation"] };
}

/** A table's ARN tells the endpoint's account and Region; where none was seen yet, the table that is meant is described. */
export async function askHome(arns: readonly string[], schemas: TableSchemas, home: RemoteHome): Promise<void> {
  for (const arn of arns) {
    const parsed = parseArn(arn);
    const table = parsed?.service === "dynamodb" ? parsed.resource.split("/")[1] : undefined;
    if (!home.isKnown && table !== undefined) await schemas.learn(table);
  }
}

/** Times travel as seconds; JSON's own way with them is text. */
function encoded(input: Input): Buffer {
  const text = JSON.stringify(input, function (this: Input, member: string, value: unknown) {
    const raw = this[member];
    return raw instanceof Date ? raw.getTime() / 1000 : value;
  });
  return Buffer.from(text, "utf8");
}
