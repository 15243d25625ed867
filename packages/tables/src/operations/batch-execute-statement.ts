import { type Item, projectFromItem, type SelectStatement } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { invalid } from "../errors.js";
import { readItemRow } from "../items/item-rows.js";
import { itemKey } from "../items/row-keys.js";
import { Capacities, type CapacityDetail, readUnits } from "../request/capacity.js";
import { compiledOnce } from "../request/compiled.js";
import { JsonBody } from "../request/json-body.js";
import { existsMisplaced, runWrite, writeOf } from "./execute-statement.js";
import { type InputOf, operation } from "./operation.js";
import { selectedKey } from "./select-statement-key.js";
import { type BoundStatement, bindStatement, isRead, readStatementParameters } from "./statement.js";
import { statementNeeds } from "./statement-needs.js";
import { isWriteStatement, writeActionOf } from "./write-statement.js";

type Input = InputOf<"BatchExecuteStatement">;

/** A statement of a batch, or why it is none. */
type Member = BoundStatement | AwsError;

/** What the batch answers for one statement. */
interface MemberAnswer {
  readonly TableName?: string;
  readonly error?: AwsError;
  /** JSON text. */
  readonly item?: Buffer | string | undefined;
}

function read(input: Input, call: CallContext): readonly Member[] {
  const members = input.Statements.map((statement) =>
    attempt(() => bindStatement(statement.Statement, readStatementParameters(statement), call)),
  );
  const bound = members.filter(isBound);
  if (bound.some(isRead) && !bound.every(isRead)) {
    throw invalid("Read and write requests together in the same batch is not supported.");
  }
  return members;
}

/** BatchExecuteStatement: up to 25 statements about one item each; each succeeds or fails by itself. */
export function batchExecuteStatement(engine: Engine): NamedOperation {
  const compile = compiledOnce(read);
  return operation("BatchExecuteStatement", {
    needs(input, call) {
      const surroundings = {
        returnConsumedCapacity: input.ReturnConsumedCapacity,
        enclosingOperation: "BatchExecuteStatement" as const,
      };
      return compile
        .forNeeds(input, call)
        .filter(isBound)
        .map((bound) => statementNeeds(engine, bound, surroundings));
    },
    async handle(input, call) {
      const members = compile.forHandle(input, call);
      checkDistinct(engine, members);
      const capacities = new Capacities();
      const answers = await Promise.all(
        members.map((member, index) => answerMember(engine, member, input.Statements[index]!, capacities)),
      );
      return new JsonBody()
        .list("Responses", answers.map(answerText))
        .member("ConsumedCapacity", capacities.describe(input.ReturnConsumedCapacity as CapacityDetail | undefined))
        .done();
    },
  });
}

async function answerMember(
  engine: Engine,
  member: Member,
  request: Input["Statements"][number],
  capacities: Capacities,
): Promise<MemberAnswer> {
  if (member instanceof AwsError) return { error: member };
  const run = attempt(() => planned(engine, member, request, capacities));
  // Only what goes wrong while a statement is carried out says about which table (observed).
  if (run instanceof AwsError) return { error: run };
  const TableName = member.table.given;
  try {
    return { TableName, item: await run() };
  } catch (error) {
    if (error instanceof AwsError) return { TableName, error };
    throw error;
  }
}

/** Finds out what a statement is to do; what comes back does it. */
function planned(
  engine: Engine,
  member: BoundStatement,
  request: Input["Statements"][number],
  capacities: Capacities,
): () => Promise<Buffer | string | undefined> {
  const table = engine.itemTable(member.table);
  const capacity = () => capacities.of(table, member.table.given);
  if (isWriteStatement(member)) {
    const action = writeOf(engine, member, request.ReturnValuesOnConditionCheckFailure === "ALL_OLD");
    return () => runWrite(engine, member, action, capacity);
  }
  const { statement } = member;
  if (statement.kind !== "select") throw existsMisplaced();
  const row = itemKey(table, selectedKey(statement, table, "BatchExecuteStatement"));
  return async () => {
    const stored = readItemRow(engine.storage, row);
    capacity().add(readUnits(stored?.sizeBytes ?? 0, request.ConsistentRead === true));
    // Not the whole batch's answer: each statement fails by itself.
    await engine.storage.durable;
    return stored && shownText(statement, stored);
  };
}

function shownText({ fields }: SelectStatement, stored: { readonly item: Item; readonly json: Buffer }) {
  return fields === undefined ? stored.json : JSON.stringify(projectFromItem(stored.item, fields));
}

/** @throws AwsError `ValidationException` when two statements are about one item (observed: the whole batch fails). */
function checkDistinct(engine: Engine, members: readonly Member[]): void {
  const seen = new Set<string>();
  for (const member of members) {
    const row = member instanceof AwsError ? undefined : attempt(() => rowOf(engine, member));
    if (row === undefined || row instanceof AwsError) continue;
    if (seen.has(row)) throw invalid("Provided list of item keys contains duplicates");
    seen.add(row);
  }
}

function rowOf(engine: Engine, member: BoundStatement): string | undefined {
  const table = engine.itemTable(member.table);
  const { statement } = member;
  if (isWriteStatement(member)) {
    return itemKey(table, writeActionOf(member, table.key, false).item).toString("latin1");
  }
  if (statement.kind !== "select") return undefined;
  return itemKey(table, selectedKey(statement, table, "BatchExecuteStatement")).toString("latin1");
}

function isBound(member: Member): member is BoundStatement {
  return !(member instanceof AwsError);
}

/** The outcome, or the caller's mistake. */
function attempt<Result>(work: () => Result): Result | AwsError {
  try {
    return work();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}

/** Codes of a batch's errors (documented: BatchStatementError) by those of single requests. */
const codes: Readonly<Record<string, string>> = {
  ValidationException: "ValidationError",
  SerializationException: "ValidationError",
  ResourceNotFoundException: "ResourceNotFound",
  ConditionalCheckFailedException: "ConditionalCheckFailed",
  ItemCollectionSizeLimitExceededException: "ItemCollectionSizeLimitExceeded",
  DuplicateItemException: "DuplicateItem",
  ThrottlingException: "ThrottlingError",
  AccessDenied: "AccessDenied",
};

function answerText({ TableName, error, item }: MemberAnswer): string {
  const { Item } = error?.members ?? {};
  const failure = error && { Code: codes[error.code] ?? "InternalServerError", Message: error.message, Item };
  const head = JSON.stringify({ Error: failure, TableName });
  return item === undefined ? head : `${head.slice(0, -1)},"Item":${item.toString()}}`;
}
